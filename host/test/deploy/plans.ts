import type { MessageTrigger, Plan, PlannedUnit } from '../../src/plan/types.ts';

const NOTHING = { imports: new Map(), exports: new Map() } as unknown as Plan['services'][number]['world'];

/** A unit of one service, as the plan makes it, with what a test says of it. */
export function unitOf(name: string, given: Partial<PlannedUnit> = {}): PlannedUnit {
  return {
    name,
    root: name,
    services: [name],
    edges: [],
    triggers: [],
    sends: [],
    grants: [],
    environment: {},
    instance: 'fresh',
    ...given,
  };
}

/** A plan of units, without edges. */
export function planOf(units: readonly PlannedUnit[], given: Partial<Plan> = {}): Plan {
  return {
    name: 'shop',
    version: '1.2.0',
    services: units.flatMap((unit) =>
      unit.services.map((name) => ({
        name,
        toolchain: 'quickjs' as const,
        world: NOTHING,
        grants: [],
        environment: {},
        instance: 'fresh' as const,
      })),
    ),
    edges: units.flatMap(({ edges }) => edges),
    units,
    triggers: units.flatMap(({ triggers }) => triggers),
    limits: { deadline: 30_000, memory: 134_217_728, body: 10_485_760, inFlight: 64 },
    stores: {},
    variables: {},
    ...given,
  };
}

export const MESSAGES: Omit<MessageTrigger, 'service'> = {
  retries: 5,
  deadLetter: 'dead',
  claim: '_tenon.id',
};

/** Everything that a unit can have, over both brokers: the largest of the golden files. */
export const SHOP: Plan = planOf(
  [
    unitOf('front', {
      services: ['prices', 'front'],
      triggers: [
        { kind: 'http', route: '/', service: 'front' },
        { kind: 'http', route: '/items/:id', service: 'front' },
        { kind: 'http', route: '/static/...', service: 'front' },
      ],
      grants: [
        { kind: 'clocks' },
        { kind: 'environment' },
        { kind: 'http', host: 'https://api.example.com' },
        { kind: 'http', host: 'http://{{ region }}.example.com:8080' },
        { kind: 'key-value', label: 'default' },
        { kind: 'key-value', label: 'price-list' },
        { kind: 'mqtt', host: '{{ mqtt_address }}' },
        { kind: 'random' },
        { kind: 'redis', host: 'redis://cache:6380' },
        { kind: 'variables', name: 'api_key' },
        { kind: 'variables', name: 'mqtt_address' },
        { kind: 'variables', name: 'region' },
      ],
      environment: { LOG_LEVEL: 'debug', GREETING: 'Zwei „Käse“\n\t"\\ \u007f 🧀' },
    }),
    unitOf('stock', {
      triggers: [
        { kind: 'mqtt', topic: 'stock/+/take', qos: 1, service: 'stock', ...MESSAGES },
        { kind: 'redis', channel: 'stock', service: 'stock', ...MESSAGES },
        { kind: 'redis', channel: 'audit', service: 'stock', address: 'redis://audit:6379', ...MESSAGES },
      ],
      environment: { HIDDEN: 'no grant' },
    }),
  ],
  {
    description: 'Sells "things"',
    variables: {
      region: { default: 'eu', required: false, secret: false },
      api_key: { required: true, secret: true },
      mqtt_address: { required: true, secret: false },
      mqtt_username: { default: 'shop', required: false, secret: false },
      mqtt_password: { required: true, secret: true },
      redis_address: { required: true, secret: false },
    },
  },
);

/** Only messages over Redis, as a profile makes it of an app. */
export const WORKER: Plan = planOf(
  [
    unitOf('front', {
      triggers: [{ kind: 'http', route: '/order', service: 'front' }],
      grants: [
        { kind: 'key-value', label: 'default' },
        { kind: 'redis', host: '{{ redis_address }}' },
        { kind: 'variables', name: 'redis_address' },
      ],
    }),
    unitOf('stock', {
      triggers: [{ kind: 'redis', channel: 'neworders', service: 'stock', ...MESSAGES }],
      grants: [{ kind: 'key-value', label: 'default' }],
    }),
  ],
  { variables: { redis_address: { required: true, secret: false } } },
);
