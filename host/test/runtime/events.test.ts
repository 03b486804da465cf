import { beforeAll, describe, expect, test } from 'vitest';
import { CELL } from './bindings-double.ts';
import { MEMORY_LIMIT, testUnits } from './harness.ts';
import { failing, mishaps } from './wat.ts';

const units = testUnits();
let wasm: Uint8Array;
beforeAll(async () => {
  wasm = await mishaps();
});

const FRESH = { kind: 'result', value: 1001 };

describe('effects', () => {
  test('are committed with the answer', async () => {
    const { call, shared } = await units.start(wasm);
    expect(await call('write', 7)).toEqual({ kind: 'result', value: 7 });
    expect(Atomics.load(shared, CELL.stored)).toBe(7);
  });

  test('of an event that traps are dropped', async () => {
    const { call, shared } = await units.start(wasm);
    expect(await call('write-and-trap', 7)).toMatchObject({ kind: 'trap' });
    expect([shared[CELL.stored], shared[CELL.committed], shared[CELL.aborted]]).toEqual([0, 0, 1]);
  });

  test('of an event past its deadline are dropped', async () => {
    const { call, shared } = await units.start(wasm, { deadlineMs: 3_000 });
    expect(await call('write-and-loop', 7)).toEqual({ kind: 'deadline' });
    expect(await call('count')).toEqual(FRESH);
    expect(Atomics.load(shared, CELL.stored)).toBe(0);
  });
});

test('an error that a function returns is told from a trap: effects dropped, instance kept', async () => {
  const { call, host, shared, log } = await units.start(await failing());
  expect(await call('fail', 0)).toEqual({ kind: 'result', value: 0 });
  expect(shared[CELL.stored]).toBe(0);
  expect(await call('fail', 5)).toEqual({ kind: 'error', error: 5 });
  expect(await call('fail', 0)).toEqual({ kind: 'result', value: 0 });
  expect([shared[CELL.stored], shared[CELL.committed], shared[CELL.aborted]]).toEqual([0, 2, 1]);
  expect(host.stats()).toMatchObject({ traps: 0, instances: 1, resets: 2 });
  expect(log).toEqual([]);
});

test('a worker that dies takes its event with it and is replaced', async () => {
  const { call, host, log } = await units.start(wasm);
  expect(await call('die')).toEqual({ kind: 'trap', message: 'the worker died: the worker ended' });
  expect(await call('count')).toEqual(FRESH);
  expect(host.stats()).toMatchObject({ replacements: 1, workers: 1 });
  expect(log).toHaveLength(1);
});

describe('conflicts', () => {
  test('up to three are answered by running again, on fresh state', async () => {
    const { call, shared, host } = await units.start(wasm);
    Atomics.store(shared, CELL.conflicts, 3);
    expect(await call('count')).toEqual(FRESH);
    expect([shared[CELL.begun], shared[CELL.aborted], shared[CELL.committed]]).toEqual([4, 3, 1]);
    expect(host.stats()).toMatchObject({ conflicts: 0, resets: 3 });
  });

  test('a fourth is the outcome', async () => {
    const { call, shared, log } = await units.start(wasm);
    Atomics.store(shared, CELL.conflicts, 4);
    expect(await call('write', 7)).toEqual({ kind: 'conflict' });
    expect([shared[CELL.begun], shared[CELL.stored]]).toEqual([4, 0]);
    expect(log).toHaveLength(1);
  });

  test('an event with an outside effect does not run again', async () => {
    const { call, shared } = await units.start(wasm);
    Atomics.store(shared, CELL.conflicts, 1);
    Atomics.store(shared, CELL.outside, 1);
    expect(await call('write', 7)).toEqual({ kind: 'conflict' });
    expect(shared[CELL.begun]).toBe(1);
  });
});

test('an event that was done before is not run, and one that another did meanwhile leaves nothing', async () => {
  const { host, shared } = await units.start(wasm);
  const write = (once: string): Promise<unknown> =>
    host.dispatch({ kind: 'call', interface: null, function: 'write', args: [7], once });
  expect(await write('known')).toEqual({ kind: 'repeated' });
  expect([shared[CELL.begun], shared[CELL.committed], shared[CELL.aborted]]).toEqual([0, 0, 0]);
  expect(await write('overtaken')).toEqual({ kind: 'repeated' });
  expect([shared[CELL.stored], shared[CELL.committed], shared[CELL.aborted]]).toEqual([0, 0, 1]);
  expect(await write('new')).toEqual({ kind: 'result', value: 7 });
  expect([shared[CELL.stored], shared[CELL.committed]]).toEqual([7, 1]);
});

describe('deadlines', () => {
  test('an endless loop ends at its deadline with one log line, and the next event is served', async () => {
    const { call, host, log } = await units.start(wasm, { deadlineMs: 1_000 });
    expect(await call('loop')).toEqual({ kind: 'deadline' });
    expect(log.map((entry) => entry.message)).toEqual(['an event was not done within 1000 ms']);
    expect(await call('count')).toEqual(FRESH);
    expect(host.stats()).toMatchObject({ deadlines: 1, replacements: 1 });
  });

  test('a commit that began in time wins over the deadline', async () => {
    const { call, shared, host } = await units.start(wasm, { deadlineMs: 1_500, substitutes: 0 });
    Atomics.store(shared, CELL.blockCommit, 1);
    const answer = call('write', 7);
    // A second event waits behind it in the only worker: when its deadline has passed, so has the first's.
    expect(await call('count')).toEqual({ kind: 'deadline' });
    Atomics.store(shared, CELL.blockCommit, 0);
    Atomics.notify(shared, CELL.blockCommit);
    expect(await answer).toEqual({ kind: 'result', value: 7 });
    expect(shared[CELL.stored]).toBe(7);
    expect(host.stats().replacements).toBe(0);
  });

  test('loops in every worker stall neither the queue beyond the deadline nor another unit', async () => {
    const looping = await units.start(wasm, { workers: 2, substitutes: 1, deadlineMs: 1_000 });
    const other = await units.start(wasm);
    const loops = [looping.call('loop'), looping.call('loop'), looping.call('loop')];
    expect(await other.call('count')).toEqual(FRESH);
    const waiting = looping.call('count');
    expect(await Promise.all(loops)).toEqual(Array.from({ length: 3 }, () => ({ kind: 'deadline' })));
    expect(['result', 'deadline']).toContain((await waiting).kind);
    expect(await looping.call('count')).toEqual(FRESH);
    expect(looping.host.stats().substitutes).toBe(1);
  });

  test('a worker that is blocked in a host call gets a substitute', async () => {
    const { call, host, shared } = await units.start(wasm);
    const blocked = call('wait', 1);
    expect(await call('count')).toEqual(FRESH);
    expect(host.stats()).toMatchObject({ substitutes: 1, busy: 1 });
    Atomics.store(shared, CELL.waiting, 0);
    Atomics.notify(shared, CELL.waiting);
    expect(await blocked).toEqual({ kind: 'result', value: 1 });
  });
});

describe('traps', () => {
  test.each(['trap', 'recurse', 'hoard'])(
    '%s ends the event, one log line tells, and the next event is served',
    async (name) => {
      const { call, log } = await units.start(wasm);
      expect(await call(name)).toMatchObject({ kind: 'trap' });
      expect(log).toHaveLength(1);
      expect(await call('count')).toEqual(FRESH);
    },
  );

  test('memory grows to its cap and no further', async () => {
    const { call } = await units.start(wasm);
    const pages = MEMORY_LIMIT / 65_536;
    expect(await call('grow', pages)).toEqual({ kind: 'result', value: 0xffffffff });
    expect(await call('grow', pages - 1)).toEqual({ kind: 'result', value: 1 });
  });

  test('a call of what the unit does not export is a trap that names it', async () => {
    const { host, log } = await units.start(wasm);
    expect(
      await host.dispatch({ kind: 'call', interface: 'a:b/c@1.0.0', function: 'd-e', args: [] }),
    ).toMatchObject({
      kind: 'trap',
      message: 'the unit does not export a:b/c@1.0.0#d-e',
    });
    expect(log).toHaveLength(1);
  });
});

describe('the pool', () => {
  test('answers overloaded past its queue', async () => {
    const { call } = await units.start(wasm, { inFlight: 2, substitutes: 0, deadlineMs: 500 });
    const loop = call('loop');
    const outcomes = await Promise.all([call('count'), call('count'), call('count')]);
    expect(outcomes).toEqual([{ kind: 'deadline' }, { kind: 'deadline' }, { kind: 'overloaded' }]);
    expect(await loop).toEqual({ kind: 'deadline' });
  });

  test('runs events of several callers at once, one per worker', async () => {
    const { call, host } = await units.start(wasm, { workers: 2 });
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => call('count')));
    expect(outcomes).toEqual(Array.from({ length: 50 }, () => FRESH));
    expect(host.stats()).toMatchObject({ events: 50, workers: 2, busy: 0, queued: 0 });
  });

  test('drains when it closes, and takes no event after', async () => {
    const { call, host } = await units.start(wasm);
    const running = Array.from({ length: 20 }, () => call('count'));
    await host.close();
    expect(await Promise.all(running)).toEqual(Array.from({ length: 20 }, () => FRESH));
    expect(await call('count')).toEqual({ kind: 'overloaded' });
    expect(host.stats().workers).toBe(0);
  });

  test('does not wait for an endless loop when it closes', async () => {
    const { call, host } = await units.start(wasm);
    const loop = call('loop');
    await host.close({ drainMs: 50 });
    expect(await loop).toEqual({ kind: 'deadline' });
  });

  test('does not start with a unit that does not instantiate', async () => {
    await expect(
      units.start(wasm, {
        bindings: {
          module:
            'data:text/javascript,export const createBindings = () => { throw new Error("no binding") }',
          config: {},
        },
      }),
    ).rejects.toMatchObject({
      code: 'runtime/start-failed',
      message: expect.stringContaining('no binding'),
    });
  });
});
