import { parentPort, workerData } from 'node:worker_threads';
import type { BindingsConfig } from '../../src/bindings/config.ts';
import { createBindings } from '../../src/bindings/create.ts';
import { instantiateProbe, type ProbeParts } from '../../src/bindings/probe.fixture.ts';

/**
 * A worker that runs code as one event each, with the bindings' own classes in `redis` and `mqtt`, as the glue has
 * them, and tells what came of it. With a probe the code runs in a guest, which has all interfaces in `m`.
 */
const { config, parts } = workerData as { config: BindingsConfig; parts?: ProbeParts };
const log: string[] = [];
const bindings = createBindings(config, { log: (_, line) => log.push(line) });
const probe = parts && (await instantiateProbe(parts, bindings));
const imports = Object.assign({}, ...bindings.map((binding) => binding.imports)) as Record<string, unknown>;

export interface Ran {
  /** bigints as `1n`, bytes as text. */
  readonly value?: unknown;
  /** The error's payload, where the guest would see one. */
  readonly error?: unknown;
  readonly effect: boolean;
  readonly unavailable: string | undefined;
  readonly handles: number;
  readonly log: readonly string[];
}

parentPort?.on('message', ({ code, deadline }: { code: string; deadline: number }) => {
  log.length = 0;
  const claim = new Int32Array(new SharedArrayBuffer(4));
  const event = { id: 1, deadline, claim, attempt: 1 };
  for (const binding of bindings) binding.begin?.(event);
  let end: { value?: unknown; error?: unknown } = {};
  try {
    if (probe) end = JSON.parse(probe.run(code)) as typeof end;
    else end.value = runHere(code);
    for (const binding of bindings) binding.commit?.(event);
  } catch (error) {
    end.error = (error as { payload?: unknown }).payload ?? String(error);
    for (const binding of bindings) binding.abort?.(event);
  }
  const ran: Ran = {
    ...(JSON.parse(JSON.stringify(end, readable)) as typeof end),
    effect: bindings.some((binding) => binding.hasOutsideEffect?.()),
    unavailable: bindings.map((binding) => binding.unavailable?.()).find((why) => why !== undefined),
    handles: bindings.reduce((sum, binding) => sum + (binding.liveHandles?.() ?? 0), 0),
    log: [...log],
  };
  parentPort?.postMessage(ran, []);
});

function runHere(code: string): unknown {
  const names = ['redis', 'mqtt', 'kv', 'bytes'];
  const values = [
    imports['fermyon:spin/redis@2.0.0'],
    imports['fermyon:spin/mqtt@2.0.0'],
    imports['fermyon:spin/key-value@2.0.0'],
    (text: string) => new TextEncoder().encode(text),
  ];
  return new Function(...names, code)(...values) as unknown;
}

function readable(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  return value instanceof Uint8Array ? new TextDecoder('latin1').decode(value) : value;
}
