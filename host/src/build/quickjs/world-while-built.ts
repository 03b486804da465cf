import type { CallContext, CoreGraphHost, CoreHost } from './core-graph.ts';

/** A function of the world outside was called, which is not there while a component is built. */
export class HostCall extends Error {
  override readonly name = 'HostCall';

  constructor(from: string, name: string) {
    // In the words that Wasmtime has for it, as engineDiagnostic knows them.
    super(`unknown import: \`${from}#${name}\` has not been defined`);
  }
}

export interface WorldWhileBuilt extends CoreGraphHost {
  /** What was written to the standard streams. */
  output(): string;
}

/** Most that a stream takes at once, in bytes. */
const ROOM = 1n << 20n;
/** The answer to whoever wants another module: a bundle is all there is. */
const NO_MODULE = Buffer.from('a service is one module, and can load no other');
/** Step of the numbers that stand in for random ones: two to the 64 over the golden ratio, as splitmix64 has it. */
const STEP = 0x9e3779b97f4a7c15n;

/**
 * What services see of the world while their top-level code runs, at build time: a clock that stands at `now`
 * (ms since 1970), numbers that are the same in each build, no arguments, no variables of the environment, no files,
 * and standard streams that are kept for messages of errors. So what is built is a function of its sources. All else
 * throws HostCall. What is drawn here ends up in the snapshot, in every instance, random or not; what is drawn later
 * comes from the host.
 *
 * Source: the WIT of WASI 0.2, and the canonical ABI's flat parameters and layout of results.
 */
export function worldWhileBuilt(now: number): WorldWhileBuilt {
  const written: Uint8Array[] = [];
  let drawn = 0n;

  const random = (): bigint => {
    drawn = BigInt.asUintN(64, drawn + STEP);
    const mixed = BigInt.asUintN(64, (drawn ^ (drawn >> 30n)) * 0xbf58476d1ce4e5b9n);
    return BigInt.asIntN(64, mixed ^ (mixed >> 27n));
  };
  const view = (context: CallContext): DataView => new DataView(context.memory().buffer);
  const none = (context: CallContext) => (result: number) => view(context).setUint8(result, 0);
  const emptyList = (context: CallContext) => (result: number) => {
    view(context).setUint32(result, 0, true);
    view(context).setUint32(result + 4, 0, true);
  };
  const bytes = (context: CallContext) => (length: bigint, result: number) => {
    const place = context.allocate(Number(length), 1);
    const memory = view(context);
    for (let at = 0; at < Number(length); at++) memory.setUint8(place + at, Number(random() & 0xffn));
    memory.setUint32(result, place, true);
    memory.setUint32(result + 4, Number(length), true);
  };
  const write = (context: CallContext) => (_: number, place: number, length: number, result: number) => {
    written.push(new Uint8Array(context.memory().buffer.slice(place, place + length)));
    view(context).setUint8(result, 0);
  };
  const flush = (context: CallContext) => (_: number, result: number) => view(context).setUint8(result, 0);
  const readNothing = (context: CallContext) => (_: number, __: bigint, result: number) => {
    // stream-error::closed
    view(context).setUint8(result, 1);
    view(context).setUint8(result + 4, 1);
  };
  const time = (context: CallContext) => (result: number) => {
    view(context).setBigUint64(result, BigInt(Math.floor(now / 1000)), true);
    view(context).setUint32(result + 8, (now % 1000) * 1e6, true);
  };
  const handle = (): CoreHost => () => 0;
  const noModule = (context: CallContext, result: number): void => {
    const place = context.allocate(NO_MODULE.length, 1);
    const memory = view(context);
    for (const [at, byte] of NO_MODULE.entries()) memory.setUint8(place + at, byte);
    memory.setUint8(result, 1);
    memory.setUint32(result + 4, place, true);
    memory.setUint32(result + 8, NO_MODULE.length, true);
  };

  const functions: Readonly<Record<string, (context: CallContext) => CoreHost>> = {
    'local:init/module-loader#resolve':
      (context) => (_: number, __: number, ___: number, ____: number, result: number) =>
        noModule(context, result),
    'local:init/module-loader#load': (context) => (_: number, __: number, result: number) =>
      noModule(context, result),
    'wasi:random/insecure-seed#insecure-seed': (context) => (result: number) => {
      view(context).setBigInt64(result, random(), true);
      view(context).setBigInt64(result + 8, random(), true);
    },
    'wasi:random/random#get-random-bytes': bytes,
    'wasi:random/random#get-random-u64': () => random,
    'wasi:random/insecure#get-insecure-random-bytes': bytes,
    'wasi:random/insecure#get-insecure-random-u64': () => random,
    'wasi:clocks/monotonic-clock#now': () => () => 0n,
    'wasi:clocks/monotonic-clock#resolution': () => () => 1n,
    'wasi:clocks/monotonic-clock#subscribe-duration': handle,
    'wasi:clocks/monotonic-clock#subscribe-instant': handle,
    'wasi:clocks/wall-clock#now': time,
    'wasi:clocks/wall-clock#resolution': time,
    'wasi:cli/environment#get-environment': emptyList,
    'wasi:cli/environment#get-arguments': emptyList,
    'wasi:cli/environment#initial-cwd': none,
    'wasi:cli/stdin#get-stdin': handle,
    'wasi:cli/stdout#get-stdout': handle,
    'wasi:cli/stderr#get-stderr': handle,
    'wasi:cli/terminal-stdin#get-terminal-stdin': none,
    'wasi:cli/terminal-stdout#get-terminal-stdout': none,
    'wasi:cli/terminal-stderr#get-terminal-stderr': none,
    'wasi:filesystem/preopens#get-directories': emptyList,
    'wasi:io/poll#[method]pollable.ready': () => () => 1,
    'wasi:io/poll#[method]pollable.block': () => () => {},
    'wasi:io/streams#[method]input-stream.read': readNothing,
    'wasi:io/streams#[method]input-stream.blocking-read': readNothing,
    'wasi:io/streams#[method]input-stream.subscribe': handle,
    'wasi:io/streams#[method]output-stream.check-write': (context) => (_: number, result: number) => {
      view(context).setUint8(result, 0);
      view(context).setBigUint64(result + 8, ROOM, true);
    },
    'wasi:io/streams#[method]output-stream.write': write,
    'wasi:io/streams#[method]output-stream.blocking-write-and-flush': write,
    'wasi:io/streams#[method]output-stream.flush': flush,
    'wasi:io/streams#[method]output-stream.blocking-flush': flush,
    'wasi:io/streams#[method]output-stream.subscribe': handle,
  };

  return {
    lowered(from, name, context) {
      const known = functions[`${from.replace(/@[^@]*$/, '')}#${name}`];
      if (known) return known(context);
      return () => {
        throw new HostCall(from, name);
      };
    },
    builtIn(name) {
      if (name === 'resource.drop') return () => {};
      return () => {
        throw new HostCall('the canonical ABI', name);
      };
    },
    output: () => Buffer.concat(written).toString(),
  };
}
