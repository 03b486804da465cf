import { beforeAll, describe, expect, test } from 'vitest';
import { CELL } from './bindings-double.ts';
import { testUnits } from './harness.ts';
import { mishaps, segmentDropper, tableChanger } from './wat.ts';

const units = testUnits();
let wasm: Uint8Array;
beforeAll(async () => {
  wasm = await mishaps();
});

const FRESH = { kind: 'result', value: 1001 };

describe.each(['auto', 'instantiate'] as const)('fresh state by %s', (fresh) => {
  test('neither memory nor a global that is not exported outlives an event', async () => {
    const { call, host } = await units.start(wasm, { fresh });
    for (let n = 0; n < 5; n++) expect(await call('count')).toEqual(FRESH);
    await call('count');
    const { resets, instances } = host.stats();
    // The counts arrive with an outcome, before the state after it is made fresh.
    expect({ resets, instances }).toEqual(
      fresh === 'auto' ? { resets: 5, instances: 1 } : { resets: 0, instances: 6 },
    );
  });

  test('a grown memory is gone with its event', async () => {
    const { call, host } = await units.start(wasm, { fresh });
    expect(await call('grow', 100)).toEqual({ kind: 'result', value: 1 });
    expect(await call('size')).toEqual({ kind: 'result', value: 1 });
    expect(host.stats()).toMatchObject(
      fresh === 'auto' ? { grown: 1, resets: 0 } : { unprovable: 1, resets: 0 },
    );
  });

  test('handles that a guest kept are disposed of, and its numbers begin anew', async () => {
    const { call, host, shared } = await units.start(wasm, { fresh });
    expect(await call('keep', 10)).toEqual({ kind: 'result', value: 11 });
    expect(await call('keep', 1)).toEqual({ kind: 'result', value: 2 });
    await call('count');
    expect(Atomics.load(shared, CELL.openHandles)).toBe(0);
    expect(host.stats()).toMatchObject(
      fresh === 'auto' ? { handles: 2, resets: 0 } : { unprovable: 2, resets: 0 },
    );
  });

  test('a trapped instance serves no further event', async () => {
    const { call, host, log } = await units.start(wasm, { fresh });
    expect(await call('trap')).toMatchObject({
      kind: 'trap',
      message: expect.stringContaining('unreachable'),
    });
    expect(await call('count')).toEqual(FRESH);
    expect(host.stats()).toMatchObject({ traps: 1, trapped: 1, instances: 2 });
    expect(log).toEqual([
      expect.objectContaining({
        level: 'error',
        unit: 'unit',
        message: expect.stringContaining('unreachable'),
      }),
    ]);
  });
});

test('handles that the guest dropped do not stand in the way of a reset', async () => {
  const { call, host } = await units.start(wasm);
  for (let n = 0; n < 10; n++) expect(await call('use', 3)).toMatchObject({ kind: 'result' });
  expect(host.stats()).toMatchObject({ resets: 9, instances: 1, handles: 0 });
});

test('a unit whose code changes tables is never reset', async () => {
  const { call, host } = await units.start(await tableChanger());
  for (let n = 0; n < 3; n++) expect(await call('count')).toEqual({ kind: 'result', value: 1 });
  expect(host.stats()).toMatchObject({ resets: 0, unprovable: 2, instances: 3 });
});

test('a unit whose code drops segments is never reset', async () => {
  const { call, host } = await units.start(await segmentDropper());
  for (let n = 0; n < 3; n++) expect(await call('count')).toEqual({ kind: 'result', value: 42 });
  expect(host.stats()).toMatchObject({ resets: 0, unprovable: 2, instances: 3 });
});

test('a shared instance keeps its state, until it traps', async () => {
  const { call, host } = await units.start(wasm, { instance: 'shared' });
  expect(await call('count')).toEqual(FRESH);
  expect(await call('count')).toEqual({ kind: 'result', value: 2002 });
  expect(await call('trap')).toMatchObject({ kind: 'trap' });
  expect(await call('count')).toEqual(FRESH);
  expect(host.stats()).toMatchObject({ instances: 2, resets: 0 });
});
