import { z } from 'zod';

/**
 * Spin's manifest version 2 as strict as Spin reads it, by our own hand: unknown keys are errors, as are names
 * that it refuses. What follows a component's or trigger's type is checked for the types that we write.
 *
 * Source: Spin 3.6.3, crates/manifest/src/schema/v2.rs and common.rs, crates/serde/src/id.rs,
 * crates/http/src/config.rs, crates/trigger-redis/src/lib.rs; spin-trigger-mqtt 0.7.2, src/lib.rs.
 */
const word = '[a-z][a-z0-9]*';
const anyWord = `(?:${word}|[A-Z][A-Z0-9]*)`;
const kebab = z.string().regex(new RegExp(`^${word}(-${word})*$`));
const lowerSnake = z.string().regex(new RegExp(`^${word}(_${word})*$`));
const label = z.string().regex(new RegExp(`^${anyWord}(-${anyWord})*$|^${anyWord}(_${anyWord})*$`));

const Variable = z
  .strictObject({
    description: z.string().optional(),
    required: z.boolean().default(false),
    default: z.string().optional(),
    secret: z.boolean().default(false),
  })
  .refine(
    (variable) => variable.required !== (variable.default !== undefined),
    'required or default, not both',
  );

/** A host with a scheme, without a path, or a template that becomes one. */
const outboundHost = z
  .string()
  .regex(
    /^\{\{ [a-z0-9_]+ \}\}$|^([a-z]+|\*):\/\/(\[[0-9a-f:]+\]|[^/:{}]+|[^/]*\{\{ [a-z0-9_]+ \}\}[^/]*)(:[^/]+)?$/,
  );

const Component = z.strictObject({
  source: z.string().regex(/^[a-z0-9-]+\.wasm$/),
  description: z.string().optional(),
  variables: z.record(lowerSnake, z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  allowed_outbound_hosts: z.array(outboundHost).optional(),
  key_value_stores: z.array(label).optional(),
  files: z.array(z.string()).optional(),
  sqlite_databases: z.array(label).optional(),
  ai_models: z.array(z.string()).optional(),
});

const id = { id: z.string().optional(), component: kebab };
const SpinManifest = z.strictObject({
  spin_manifest_version: z.literal(2),
  application: z.strictObject({
    name: z.string().min(1),
    version: z.string().regex(/^\d+\.\d+\.\d+/),
    description: z.string().optional(),
    authors: z.array(z.string()).optional(),
    trigger: z
      .strictObject({
        http: z.strictObject({ base: z.literal('/') }).optional(),
        redis: z.strictObject({ address: z.string() }).optional(),
        mqtt: z
          .strictObject({
            address: z.string(),
            username: z.string(),
            password: z.string(),
            keep_alive_interval: z.string().regex(/^\d+$/),
          })
          .optional(),
      })
      .optional(),
  }),
  variables: z.record(lowerSnake, Variable).optional(),
  trigger: z.strictObject({
    http: z.array(z.strictObject({ ...id, route: z.string().startsWith('/') })).optional(),
    redis: z.array(z.strictObject({ ...id, channel: z.string(), address: z.string().optional() })).optional(),
    mqtt: z.array(z.strictObject({ ...id, topic: z.string(), qos: z.enum(['0', '1', '2']) })).optional(),
  }),
  component: z.record(kebab, Component),
});

export type SpinManifest = z.output<typeof SpinManifest>;

/** What Spin would read; throws where it would refuse. */
export function readSpinManifest(data: unknown): SpinManifest {
  const manifest = SpinManifest.parse(data);
  const { trigger, component, application, variables = {} } = manifest;
  const triggers = [...(trigger.http ?? []), ...(trigger.redis ?? []), ...(trigger.mqtt ?? [])];
  if (triggers.length === 0) throw new Error('no triggers in the app');
  for (const one of triggers) {
    if (!Object.hasOwn(component, one.component)) throw new Error(`no component ${one.component}`);
  }
  if (trigger.mqtt && !application.trigger?.mqtt) throw new Error('the MQTT trigger has no settings');
  if (trigger.redis?.some(({ address }) => address === undefined) && !application.trigger?.redis)
    throw new Error('a Redis trigger has no address');
  const templates = [
    ...Object.values(component).flatMap((one) => [
      ...Object.values(one.variables ?? {}),
      ...(one.allowed_outbound_hosts ?? []),
    ]),
    ...Object.values(application.trigger ?? {}).flatMap((settings) => Object.values(settings ?? {})),
  ];
  for (const template of templates) {
    for (const [, name] of template.matchAll(/\{\{ ([a-z0-9_]+) \}\}/g)) {
      if (!Object.hasOwn(variables, name!)) throw new Error(`no variable ${name}`);
    }
  }
  return manifest;
}
