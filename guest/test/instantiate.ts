import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transpileBytes } from '@bytecodealliance/jco-transpile';

/** What a test's component was given by its host, and what it wrote. */
export interface Host {
  stdout: string;
  stderr: string;
  /** Nanoseconds of the monotonic clock; blocking moves it forward. */
  monotonic: bigint;
  /** Handles that the guest holds. */
  handles: number;
  /** Calls of `wasi:random`, by function. */
  random: string[];
}

type Imports = Record<string, Record<string, unknown>>;
type Instantiate = (
  getCoreModule: (path: string) => WebAssembly.Module,
  imports: Imports,
) => Promise<Record<string, unknown>>;

/** Transpiles a component and returns a maker of fresh instances, each with a host of its own. */
export async function instantiator(
  component: Uint8Array,
  extra: Imports = {},
): Promise<() => Promise<{ host: Host; exports: Record<string, unknown> }>> {
  const { files } = await transpileBytes(component, {
    name: 'probe',
    instantiation: 'async',
    multiMemory: true,
  });
  const byName = new Map(Object.entries(files as unknown as Record<string, Uint8Array>));
  const modules = new Map<string, WebAssembly.Module>();
  for (const [name, bytes] of byName) {
    if (name.endsWith('.wasm'))
      modules.set(name, await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>));
  }
  const temporary = await mkdtemp(join(tmpdir(), 'guest-'));
  const file = join(temporary, 'probe.mjs');
  await writeFile(file, byName.get('probe.js')!);
  const { instantiate } = (await import(pathToFileURL(file).href)) as { instantiate: Instantiate };
  await rm(temporary, { recursive: true });
  return async () => {
    const host: Host = { stdout: '', stderr: '', monotonic: 1_000_000n, handles: 0, random: [] };
    const exports = await instantiate((path) => modules.get(path)!, { ...hostImports(host), ...extra });
    return { host, exports };
  };
}

/** The WASI command world as far as QuickJS and the guest use it; keys without versions, as jco looks them up. */
function hostImports(host: Host): Imports {
  class Handle {
    constructor() {
      host.handles += 1;
    }
    [Symbol.dispose](): void {
      host.handles -= 1;
    }
  }
  class OutputStream extends Handle {
    readonly name: 'stdout' | 'stderr';
    constructor(name: 'stdout' | 'stderr') {
      super();
      this.name = name;
    }
    checkWrite(): bigint {
      return 4096n;
    }
    write(bytes: Uint8Array): void {
      this.blockingWriteAndFlush(bytes);
    }
    blockingFlush(): void {}
    blockingWriteAndFlush(bytes: Uint8Array): void {
      if (bytes.length > 4096) throw new Error('more than 4096 bytes at once');
      host[this.name] += Buffer.from(bytes).toString('latin1');
    }
    subscribe(): Pollable {
      return new Pollable(0n);
    }
  }
  class Pollable extends Handle {
    readonly duration: bigint;
    constructor(duration: bigint) {
      super();
      this.duration = duration;
    }
    ready(): boolean {
      return true;
    }
    block(): void {
      host.monotonic += this.duration;
    }
  }
  class None extends Handle {}
  const bytes = (length: bigint): Uint8Array => {
    host.random.push('get-random-bytes');
    return crypto.getRandomValues(new Uint8Array(Number(length)));
  };
  return {
    'wasi:cli/environment': { getEnvironment: () => [], getArguments: () => [], initialCwd: () => undefined },
    'wasi:cli/exit': {
      exit: () => {
        throw new Error('exit');
      },
    },
    'wasi:cli/stdin': { getStdin: () => new None() },
    'wasi:cli/stdout': { getStdout: () => new OutputStream('stdout') },
    'wasi:cli/stderr': { getStderr: () => new OutputStream('stderr') },
    'wasi:cli/terminal-input': { TerminalInput: None },
    'wasi:cli/terminal-output': { TerminalOutput: None },
    'wasi:cli/terminal-stdin': { getTerminalStdin: () => undefined },
    'wasi:cli/terminal-stdout': { getTerminalStdout: () => undefined },
    'wasi:cli/terminal-stderr': { getTerminalStderr: () => undefined },
    'wasi:clocks/monotonic-clock': {
      now: () => host.monotonic,
      resolution: () => 1n,
      subscribeDuration: (duration: bigint) => new Pollable(duration),
      subscribeInstant: () => new Pollable(0n),
    },
    'wasi:clocks/wall-clock': {
      now: () => ({ seconds: BigInt(Math.floor(Date.now() / 1000)), nanoseconds: (Date.now() % 1000) * 1e6 }),
    },
    'wasi:filesystem/preopens': { getDirectories: () => [] },
    'wasi:filesystem/types': { Descriptor: None },
    'wasi:io/error': { Error: None },
    'wasi:io/poll': { Pollable, poll: () => new Uint32Array() },
    'wasi:io/streams': { InputStream: None, OutputStream },
    'wasi:random/random': {
      getRandomBytes: bytes,
      getRandomU64: () => {
        host.random.push('get-random-u64');
        return 3n;
      },
    },
    'wasi:random/insecure-seed': { insecureSeed: () => [1n, 2n] },
  };
}
