import { expect, test } from 'vitest';
import type { Binding } from '../bindings/binding.ts';
import { createEventRunner } from './event-runner.ts';
import { createHandleLedger } from './handles.ts';
import type { EventOutcome, UnitEvent } from './types.ts';

/** How one event ends whose guest and binding do as told. */
function outcomeOf(
  exports: Record<string, unknown>,
  event: UnitEvent,
  binding: Partial<Binding>,
): EventOutcome {
  const runner = createEventRunner({
    bindings: [{ imports: {}, ...binding }],
    ledger: createHandleLedger(),
    createInstance: () => ({ exports }),
    claim: new Int32Array(new SharedArrayBuffer(4)),
    shared: false,
  });
  return runner.run(1, event, Date.now() + 60_000);
}

const CALL: UnitEvent = { kind: 'call', interface: null, function: 'run', args: [] };
const REQUEST: UnitEvent = {
  kind: 'http',
  request: { method: 'GET', uri: '/', headers: [], body: new Uint8Array() },
};
const unreachable: Partial<Binding> = { unavailable: () => 'mqtt://broker:1883 cannot be reached' };
const UNAVAILABLE = { kind: 'unavailable', message: 'mqtt://broker:1883 cannot be reached' };

class ComponentError extends Error {
  readonly payload = 'refused';
}
const traps = (): never => {
  throw new Error('unreachable executed');
};
const returnsAnError = (): never => {
  throw new ComponentError();
};
const inboundHttp = (answer: unknown): Record<string, unknown> => ({
  'fermyon:spin/inbound-http': { handleRequest: () => answer },
});

test('an event that fails while something cannot be reached is unavailable', () => {
  expect(outcomeOf({ run: traps }, CALL, unreachable)).toEqual(UNAVAILABLE);
  expect(outcomeOf({ run: returnsAnError }, CALL, unreachable)).toEqual(UNAVAILABLE);
  expect(outcomeOf(inboundHttp({ status: 500 }), REQUEST, unreachable)).toEqual(UNAVAILABLE);
});

test('one that copes with it is not, and one that fails by itself fails', () => {
  expect(outcomeOf({ run: () => 1 }, CALL, unreachable)).toEqual({ kind: 'result', value: 1 });
  expect(outcomeOf(inboundHttp({ status: 404 }), REQUEST, unreachable)).toMatchObject({
    kind: 'response',
    response: { status: 404 },
  });
  expect(outcomeOf({ run: traps }, CALL, {})).toMatchObject({
    kind: 'trap',
    message: 'unreachable executed',
  });
  expect(outcomeOf({ run: returnsAnError }, CALL, {})).toEqual({ kind: 'error', error: 'refused' });
});

test('what was overtaken runs again first', () => {
  let runs = 0;
  const outcome = outcomeOf(
    {
      run() {
        if (++runs === 1) return traps();
        return runs;
      },
    },
    CALL,
    { ...unreachable, overtaken: () => runs === 1 },
  );
  expect(outcome).toEqual({ kind: 'result', value: 2 });
});
