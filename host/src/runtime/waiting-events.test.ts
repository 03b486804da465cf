import { expect, test } from 'vitest';
import type { UnitEvent } from './types.ts';
import { WaitingEvents } from './waiting-events.ts';

const call = (name: string, awaited?: boolean): { name: string; event: UnitEvent } => ({
  name,
  event: {
    kind: 'call',
    interface: null,
    function: 'run',
    args: [],
    ...(awaited !== undefined && { awaited }),
  },
});

test('awaited events come first, each kind in its order', () => {
  const waiting = new WaitingEvents<{ name: string; event: UnitEvent }>();
  expect([waiting.length, waiting.first(), waiting.take(true)]).toEqual([0, undefined, undefined]);
  const [a, b, c, d, e] = [call('a'), call('b', true), call('c', false), call('d', true), call('e')];
  for (const one of [a, b, c, d, e]) waiting.add(one);
  expect([waiting.length, waiting.awaited, waiting.first()]).toEqual([5, 2, b]);
  waiting.remove(c);
  waiting.remove(c);
  expect([waiting.take(false), waiting.take(true), waiting.take(false), waiting.take(true)]).toEqual([
    b,
    d,
    undefined,
    a,
  ]);
  expect(waiting.takeAll()).toEqual([e]);
  expect(waiting.length).toBe(0);
});
