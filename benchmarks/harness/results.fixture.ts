import type { Results } from './schema.ts';

type Rounds = readonly number[];
type Cases = Readonly<Record<string, Readonly<Record<string, Rounds>>>>;

const LABELS: Readonly<Record<string, string>> = {
  js: 'plain JS call in the engine',
  'fused-node': 'fused, Node',
  'linked-node': 'linked, Node',
  'stock-node': 'linked, Node, stock jco glue',
  'linked-wasmtime': 'linked, Wasmtime 42',
  'fused-wasmtime': 'fused, Wasmtime 42',
  'mqtt-0': 'MQTT QoS 0, one way',
  undici: 'HTTP, undici',
};

/** Results with the p50 of hops, by case and payload, and with further suites. */
export function resultsOf(hop: Cases, more: Partial<Results> = {}): Results {
  return {
    format: 1,
    date: '2026-01-02T03:04:05.000Z',
    quick: false,
    machine: {
      name: 'some-processor-2-cores',
      processor: 'Some Processor',
      cores: 2,
      memoryMB: 8000,
      system: 'linux 6.1',
      load: 0.1,
    },
    versions: { node: '26.10.0', wasmtime: '42.0.0' },
    timerNs: 40,
    rounds: 5,
    suites: [
      {
        name: 'hop',
        title: 'One call from service to service',
        cases: Object.entries(hop).map(([name, figures]) => ({
          name,
          label: LABELS[name] ?? name,
          figures: Object.entries(figures).map(([at, rounds]) => ({
            at,
            measure: 'p50',
            unit: 'µs' as const,
            rounds: [...rounds],
            samples: rounds.map(() => 50),
          })),
        })),
        skipped: [{ name: 'linked-spin', label: 'linked, Spin', reason: 'SPIN_BIN names no Spin binary' }],
      },
    ],
    ...more,
  };
}

/** A fresh-instance suite: µs of an event by case, for one service and for five. */
export function engineSuite(events: Readonly<Record<string, readonly [one: number, five: number]>>) {
  return {
    name: 'engine' as const,
    title: 'Fresh engines',
    cases: Object.entries(events).map(([name, [one, five]]) => ({
      name,
      label: name.replace('-', ' on '),
      figures: [['1 service', one] as const, ['5 services', five] as const].map(([at, value]) => ({
        at,
        measure: 'event on a fresh instance, p50',
        unit: 'µs' as const,
        rounds: [value],
        samples: [300],
      })),
    })),
    skipped: [],
  };
}
