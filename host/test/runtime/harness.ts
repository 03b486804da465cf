import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import { createUnitHost, type UnitHostOptions } from '../../src/runtime/pool.ts';
import { prepareUnit } from '../../src/runtime/prepare.ts';
import type { EventOutcome, LogEntry, UnitHost } from '../../src/runtime/types.ts';
import { newShared } from './bindings-double.ts';

export const MEMORY_LIMIT = 16 * 1024 * 1024;
const DOUBLE = new URL('./bindings-double.ts', import.meta.url).href;

export interface TestUnit {
  readonly host: UnitHost;
  readonly shared: Int32Array<SharedArrayBuffer>;
  readonly log: LogEntry[];
  /** Calls a function of the world. */
  call(name: string, ...args: readonly unknown[]): Promise<EventOutcome>;
}

/** Starts units on the bindings double, in a cache of this file; closes what a test started. */
export function testUnits(): {
  readonly cacheDir: () => Promise<string>;
  start(wasm: Uint8Array, options?: Partial<UnitHostOptions>): Promise<TestUnit>;
} {
  let cache: Promise<string> | undefined;
  const started: UnitHost[] = [];
  const cacheDir = (): Promise<string> => (cache ??= mkdtemp(join(tmpdir(), 'tenon-runtime-')));

  afterEach(async () => {
    await Promise.all(started.splice(0).map((host) => host.close({ drainMs: 0 })));
  });
  afterAll(async () => {
    if (cache) await rm(await cache, { recursive: true, force: true });
  });

  return {
    cacheDir,
    async start(wasm, options = {}) {
      const shared = newShared();
      const log: LogEntry[] = [];
      const host = await createUnitHost({
        name: 'unit',
        prepared: await prepareUnit(wasm, await cacheDir(), {
          memoryLimit: MEMORY_LIMIT,
          intrinsics: options.fastIntrinsics === false ? 'stock' : 'auto',
        }),
        workers: 1,
        inFlight: 64,
        deadlineMs: 20_000,
        instance: 'fresh',
        bindings: { module: DOUBLE, config: { shared } },
        log: (entry) => log.push(entry),
        ...options,
      });
      started.push(host);
      return {
        host,
        shared,
        log,
        call: (name, ...args) => host.dispatch({ kind: 'call', interface: null, function: name, args }),
      };
    },
  };
}
