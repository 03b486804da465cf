import { z } from 'zod';
import { choice, KINDS, type Kind } from './kinds.ts';
import { parseDuration, parseSize } from './quantities.ts';
import { isRoute } from './routes.ts';
import { isTopic, isTopicFilter } from './topics.ts';

/** What the schema knows of a key beside its type; docs/manifest.md and the diagnostics are made from it. */
export interface KeyMeta {
  readonly kind: Kind;
  readonly description: string;
  /** TOML of a value. */
  readonly example?: string;
  /** TOML of what holds without the key, or words in parentheses. */
  readonly byDefault?: string;
  /** Whether the key must be there. */
  readonly required?: boolean;
}

const metas = z.registry<KeyMeta>();

/** The notes of a schema, if it has any. */
export function metaOf(schema: z.core.$ZodType): KeyMeta | undefined {
  return metas.get(schema);
}

type Notes = Omit<KeyMeta, 'kind' | 'description'>;

/** Attaches the notes to a schema: the same schema, noted. */
function key<S extends z.ZodType>(schema: S, kind: Kind, description: string, notes: Notes = {}): S {
  metas.add(schema, { kind, description, ...notes });
  return schema;
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
const CONTRACT = /^([a-z][a-z0-9-]*:[a-z][a-z0-9-]*\/)?[A-Za-z][A-Za-z0-9-]*(@[0-9][0-9A-Za-z.+-]*)?$/;

const text = (): z.ZodString => z.string().min(1);
const duration = () => z.string().transform(quantity(parseDuration));
const size = () => z.string().transform(quantity(parseSize));
const qos = () => z.literal([0, 1, 2]);
const placement = () => z.enum(['fused', 'linked', 'redis', 'mqtt']);
const service = () =>
  key(z.string().regex(NAME), KINDS.name, 'The service that handles it.', {
    example: '"receiver"',
    required: true,
  });
const retries = () =>
  key(
    z.int().min(0).max(100).default(5),
    KINDS.retries,
    'How often a failed message is tried again, the pause doubling from 200 ms; answered calls are not.',
    { byDefault: '5', example: '3' },
  );
/** An address without query. */
const address = (schemes: string, whose: string, byDefault: string, example: string) =>
  key(
    z
      .string()
      .regex(new RegExp(`^(${schemes})://[^\\s?]+$`))
      .optional(),
    KINDS.address,
    `Address of the ${whose}.`,
    { byDefault, example },
  );
const deadLetter = () =>
  key(
    text().optional(),
    KINDS.nonEmpty,
    'Topic or channel for messages that failed every time, with the reason.',
    { byDefault: '(`<topic>/dead`)', example: '"orders/dead"' },
  );

function quantity(parse: (text: string) => number | undefined) {
  return (value: string, context: z.core.$RefinementCtx<string>): number => {
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: 'not a quantity with a unit' });
    return z.NEVER;
  };
}

const Variable = key(
  z.strictObject({
    default: key(z.string().optional(), KINDS.text, 'The value where nothing else gives one.', {
      example: '"eu"',
    }),
    required: key(
      z.boolean().default(false),
      KINDS.boolean,
      'Whether starting without a value is an error.',
      { byDefault: 'false', example: 'true' },
    ),
    secret: key(z.boolean().default(false), KINDS.boolean, 'Whether the value must not be shown in logs.', {
      byDefault: 'false',
      example: 'true',
    }),
  }),
  KINDS.table,
  'A variable of the app, as in Spin: it has a default or is required. Values come from `--variable`, the runtime configuration and `SPIN_VARIABLE_<NAME>`, in this order. Names are lower case with single underscores.',
);

const Service = key(
  z.strictObject({
    path: key(
      text().optional(),
      KINDS.nonEmpty,
      "Folder with the service's `world.wit` and entry module, relative to the manifest. Either this or `component`.",
      { example: '"../components/receiver"' },
    ),
    component: key(
      text().optional(),
      KINDS.nonEmpty,
      'File of a prebuilt component in any language, relative to the manifest. Either this or `path`.',
      { example: '"fulfilment.wasm"' },
    ),
    entry: key(text().optional(), KINDS.nonEmpty, 'The entry module, relative to `path`.', {
      byDefault: '(`<folder>.ts`)',
      example: '"main.ts"',
    }),
    world: key(text().optional(), KINDS.nonEmpty, 'The world in `world.wit` to build for.', {
      byDefault: '(the only one)',
      example: '"receiver"',
    }),
    toolchain: key(
      z.enum(['quickjs', 'starlingmonkey']).default('quickjs'),
      choice(['quickjs', 'starlingmonkey']),
      'The JavaScript engine that the service is built with.',
      { byDefault: '"quickjs"', example: '"starlingmonkey"' },
    ),
    grants: key(
      z.array(key(z.string(), KINDS.text, 'A grant.')).default([]),
      KINDS.strings,
      "What the service's world may import beyond contracts: `key-value` or `key-value:<label>`, `variables:<name>`, `http:<host>`, `mqtt:<address>`, `redis:<address>` (hosts as in Spin's `allowed_outbound_hosts`; without a scheme https is meant, with a port any), `clocks`, `random`, `stdio`, `environment`.",
      { byDefault: '[]', example: '["key-value", "variables:region"]' },
    ),
    environment: key(
      z.record(z.string(), key(z.string(), KINDS.text, 'The value.')).default({}),
      KINDS.environment,
      'Environment variables that the service sees.',
      { byDefault: '{}', example: '{ LOG = "debug" }' },
    ),
    instance: key(
      z.enum(['fresh', 'shared']).default('fresh'),
      choice(['fresh', 'shared']),
      '`fresh`: new state for every event, as in Spin. `shared`: state is kept between events. The root service of a unit decides for the unit.',
      { byDefault: '"fresh"', example: '"shared"' },
    ),
  }),
  KINDS.table,
  'A service: a folder with a `world.wit` and an entry module, or a prebuilt component. Names are lower case with hyphens.',
);

const Tee = key(
  z.strictObject({
    mqtt: key(
      z.string().refine(isTopic).optional(),
      KINDS.topic,
      'MQTT topic of the copies. Either this or `redis`.',
      {
        example: '"orders/submitted"',
      },
    ),
    redis: key(text().optional(), KINDS.nonEmpty, 'Redis channel of the copies. Either this or `mqtt`.', {
      example: '"submitted"',
    }),
    address: address(
      'mqtts?|rediss?',
      'broker that gets the copies',
      '(variable `mqtt_address` or `redis_address`)',
      '"mqtt://localhost:1883"',
    ),
    format: key(
      z.enum(['json', 'cloudevents']).default('json'),
      choice(['json', 'cloudevents']),
      'How a copy is written.',
      { byDefault: '"json"', example: '"cloudevents"' },
    ),
    result: key(z.boolean().default(false), KINDS.boolean, "Whether the copy contains the call's result.", {
      byDefault: 'false',
      example: 'true',
    }),
    required: key(
      z.boolean().default(false),
      KINDS.boolean,
      'Whether the call fails where its copy cannot be sent; the copy is then sent at once, not through the outbox.',
      { byDefault: 'false', example: 'true' },
    ),
    qos: key(qos().default(1), KINDS.qos, 'MQTT quality of service.', { byDefault: '1', example: '0' }),
  }),
  KINDS.table,
  'A copy of each successful call of an edge, published for consumers outside the app.',
);

const Edge = key(
  z.strictObject({
    contract: key(
      z.string().regex(CONTRACT).optional(),
      KINDS.contract,
      'The import that these settings are for; also chooses the provider where several services export the contract.',
      { byDefault: '(all that match)', example: '"orders:fulfilment/fulfilment@0.1.0"' },
    ),
    placement: key(placement().optional(), KINDS.placement, 'How the edge is carried.', {
      byDefault: '(`default_placement`)',
      example: '"linked"',
    }),
    oneway: key(
      z.boolean().default(false),
      KINDS.boolean,
      'Accept calls over a broker and handle them later: `ok` then says accepted, and an error of the provider is retried, then put aside as a dead letter.',
      { byDefault: 'false', example: 'true' },
    ),
    topic: key(
      z.string().refine(isTopic).optional(),
      KINDS.topic,
      'MQTT topic. Where the contract has several functions, each has its own below it: `<topic>/<function>`.',
      { byDefault: '(`<namespace>/<package>/<interface>/<function>`)', example: '"neworders"' },
    ),
    channel: key(text().optional(), KINDS.nonEmpty, 'Redis channel, one for all functions of the contract.', {
      byDefault: '(`<namespace>/<package>/<interface>`, with `/<function>` where it has only one)',
      example: '"neworders"',
    }),
    address: address(
      'mqtts?|rediss?',
      'broker that carries the edge',
      '(variable `mqtt_address` or `redis_address`)',
      '"mqtt://localhost:1883"',
    ),
    qos: key(qos().default(1), KINDS.qos, 'MQTT quality of service.', { byDefault: '1', example: '0' }),
    delivery: key(
      z.enum(['outbox', 'direct']).optional(),
      choice(['outbox', 'direct']),
      "Whether messages leave after the event's commit, through the outbox, or at once.",
      {
        byDefault: '(`outbox` for one-way calls, with QoS 0 from memory; `direct` for answered ones)',
        example: '"direct"',
      },
    ),
    deadline: key(
      duration().prefault('5 s'),
      KINDS.duration,
      'How long a call over Redis waits for its answer.',
      {
        byDefault: '"5 s"',
        example: '"500 ms"',
      },
    ),
    retries: retries(),
    dead_letter: deadLetter(),
    claim: key(
      text().default('_tenon.id'),
      KINDS.nonEmpty,
      'Path of the member that identifies a message, so that it is handled once.',
      { byDefault: '"_tenon.id"', example: '"id"' },
    ),
    tee: Tee.optional(),
  }),
  KINDS.table,
  'Settings of one edge: the importing service, then the providing one. Edges are found by contract; this only adjusts one.',
);

const HttpTrigger = key(
  z.strictObject({
    route: key(
      z.string().refine(isRoute),
      KINDS.route,
      "Spin's route syntax: `:name` stands for one segment, `/...` at the end for any rest. `/a` and `/a/` are the same route.",
      { example: '"/orders/:id"', required: true },
    ),
    service: service(),
  }),
  KINDS.table,
  'An HTTP route that starts a service; the service exports `fermyon:spin/inbound-http`.',
);

const MqttTrigger = key(
  z.strictObject({
    topic: key(
      z.string().refine(isTopicFilter),
      KINDS.filter,
      'MQTT topic to subscribe to; `+` stands for one level, `#` at the end for any rest.',
      { example: '"neworders"', required: true },
    ),
    qos: key(qos().default(1), KINDS.qos, 'MQTT quality of service.', { byDefault: '1', example: '0' }),
    service: service(),
    address: address('mqtts?', 'broker', '(variable `mqtt_address`)', '"mqtt://localhost:1883"'),
    retries: retries(),
    dead_letter: deadLetter(),
  }),
  KINDS.table,
  'An MQTT topic whose messages start a service; its world exports `handle-message` as `spin:mqtt-trigger` has it.',
);

const RedisTrigger = key(
  z.strictObject({
    channel: key(text(), KINDS.nonEmpty, 'Redis channel to subscribe to.', {
      example: '"neworders"',
      required: true,
    }),
    service: service(),
    address: address('rediss?', 'server', '(variable `redis_address`)', '"redis://localhost:6379"'),
    retries: retries(),
    dead_letter: deadLetter(),
  }),
  KINDS.table,
  'A Redis channel whose messages start a service; its world exports `fermyon:spin/inbound-redis`.',
);

const Triggers = key(
  z.strictObject({
    http: key(z.array(HttpTrigger).default([]), KINDS.tables, 'HTTP routes.'),
    mqtt: key(z.array(MqttTrigger).default([]), KINDS.tables, 'MQTT topics.'),
    redis: key(z.array(RedisTrigger).default([]), KINDS.tables, 'Redis channels.'),
  }),
  KINDS.table,
  'What starts work.',
);

const Limits = key(
  z.strictObject({
    deadline: key(
      duration().prefault('30 s'),
      KINDS.duration,
      'How long one event may run; past it the caller gets 504 and nothing is stored.',
      { byDefault: '"30 s"', example: '"10 s"' },
    ),
    memory: key(size().prefault('128 MiB'), KINDS.size, 'How far each memory of an instance may grow.', {
      byDefault: '"128 MiB"',
      example: '"64 MiB"',
    }),
    body: key(
      size().prefault('10 MiB'),
      KINDS.size,
      'The largest request body; a larger one is answered 413.',
      { byDefault: '"10 MiB"', example: '"1 MiB"' },
    ),
    workers: key(z.int().min(1).max(1024).optional(), KINDS.count, 'Worker threads per unit.', {
      byDefault: '(as many as cores)',
      example: '4',
    }),
    in_flight: key(
      z.int().min(1).max(1_000_000).default(64),
      KINDS.count,
      'Events that may wait or run, per worker.',
      { byDefault: '64', example: '128' },
    ),
  }),
  KINDS.table,
  'Bounds for every unit.',
);

const Store = key(
  z.strictObject({
    type: key(
      z.enum(['sqlite', 'redis']).default('sqlite'),
      choice(['sqlite', 'redis']),
      'What holds the data.',
      { byDefault: '"sqlite"', example: '"redis"' },
    ),
    path: key(text().optional(), KINDS.nonEmpty, 'File of a SQLite store, relative to the manifest.', {
      byDefault: '(`.spin/sqlite_key_value.db`)',
      example: '"data/orders.db"',
    }),
    url: key(text().optional(), KINDS.nonEmpty, 'Address of a Redis store.', {
      example: '"redis://localhost:6379"',
    }),
    atomic: key(z.boolean().default(true), KINDS.boolean, 'Whether all writes of an event commit together.', {
      byDefault: 'true',
      example: 'false',
    }),
    durability: key(
      z.enum(['normal', 'full']).default('normal'),
      choice(['normal', 'full']),
      '`normal`: an answered write outlives the process. `full`: it outlives a power failure too.',
      { byDefault: '"normal"', example: '"full"' },
    ),
  }),
  KINDS.table,
  'A key-value store by its label; `default` is there without a table.',
);

const shape = {
  name: key(z.string().regex(NAME), KINDS.name, "The app's name.", { example: '"orders"', required: true }),
  version: key(z.string().regex(VERSION).default('0.1.0'), KINDS.version, "The app's version.", {
    byDefault: '"0.1.0"',
    example: '"1.2.0"',
  }),
  description: key(z.string().optional(), KINDS.text, 'What the app does.', {
    example: '"Takes orders and fulfils them"',
  }),
  default_placement: key(
    placement().default('linked'),
    KINDS.placement,
    'How edges are carried that say nothing else.',
    { byDefault: '"linked"', example: '"fused"' },
  ),
  grants_default: key(
    z.boolean().default(true),
    KINDS.boolean,
    'Whether every service has the grants `random`, `clocks` and `stdio`.',
    { byDefault: 'true', example: 'false' },
  ),
  variables: key(z.record(z.string(), Variable).default({}), KINDS.table, "The app's variables, by name."),
  service: key(z.record(z.string(), Service).default({}), KINDS.table, "The app's services, by name."),
  edge: key(
    z
      .record(z.string(), key(z.record(z.string(), Edge), KINDS.table, 'Edges of one importer, by provider.'))
      .default({}),
    KINDS.table,
    'Settings of edges, by importer and provider.',
  ),
  trigger: Triggers.prefault({}),
  limits: Limits.prefault({}),
  store: key(z.record(z.string(), Store).default({}), KINDS.table, 'Stores by label.'),
};

/** A manifest without its profiles: one app in one variant. */
export const AppSchema = key(z.strictObject(shape), KINDS.table, 'The app.');
export type AppTables = z.output<typeof AppSchema>;

/** The root's keys with that of the profiles, in the order of docs/manifest.md. */
export const ROOT_KEYS: readonly string[] = [...Object.keys(shape), 'profile'];

/** Which names a table's keys may have, for tables whose keys the user chooses. */
export const KEY_NAMES = {
  service: { pattern: NAME, expected: KINDS.name.expected },
  variables: {
    pattern: /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/,
    expected: 'a name in lower case with single underscores, such as `api_key`',
  },
  store: { pattern: /^[A-Za-z0-9][A-Za-z0-9_-]*$/, expected: 'a label of letters, digits, `-` and `_`' },
  profile: { pattern: /^[A-Za-z0-9][A-Za-z0-9_-]*$/, expected: 'a name of letters, digits, `-` and `_`' },
  environment: {
    pattern: /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]*$/,
    expected: 'a name of letters, digits and `_`, such as `LOG_LEVEL`',
  },
} as const satisfies Record<string, { pattern: RegExp; expected: string }>;
