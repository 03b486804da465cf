import type { SpinApp, SpinComponent } from './spin-app.ts';

/**
 * A Spin manifest, version 2: what `spin up -f`, and the containerd shim from a plain image, read.
 *
 * Source: Spin 3.6.3, crates/manifest/src/schema/v2.rs.
 */
export function spinToml(app: SpinApp): string {
  const { name, version, description, variables, triggerSettings, triggers, components } = app;
  return [
    '# Written by `tenon build` from the manifest of the app; changes here are lost.',
    'spin_manifest_version = 2',
    table('[application]', { name, version, ...(description !== undefined && { description }) }),
    ...Object.entries(triggerSettings).map(([type, settings]) =>
      table(`[application.trigger.${type}]`, settings),
    ),
    ...(Object.keys(variables).length === 0
      ? []
      : [
          table(
            '[variables]',
            Object.fromEntries(
              Object.entries(variables).map(([key, variable]) => [
                key,
                {
                  ...(variable.default === undefined ? { required: true } : { default: variable.default }),
                  ...(variable.secret && { secret: true }),
                },
              ]),
            ),
          ),
        ]),
    ...triggers.map(({ type, component, settings }) =>
      table(`[[trigger.${type}]]`, { ...settings, component }),
    ),
    ...components.map((component) => table(`[component.${component.id}]`, tableOf(component))),
  ]
    .join('\n\n')
    .concat('\n');
}

function tableOf(component: SpinComponent): Table {
  const { source, description, keyValueStores, allowedOutboundHosts, variables, environment } = component;
  return {
    source,
    description,
    ...(keyValueStores.length > 0 && { key_value_stores: keyValueStores }),
    ...(allowedOutboundHosts.length > 0 && { allowed_outbound_hosts: allowedOutboundHosts }),
    ...(Object.keys(variables).length > 0 && { variables }),
    ...(Object.keys(environment).length > 0 && { environment }),
  };
}

type Value = string | boolean | readonly string[] | Table;
interface Table {
  readonly [key: string]: Value;
}

function table(header: string, values: Table): string {
  return [
    header,
    ...Object.entries(values).map(([key, value]) => `${keyText(key)} = ${valueText(value)}`),
  ].join('\n');
}

function valueText(value: Value): string {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'boolean') return String(value);
  if (isList(value)) return `[${value.map(text).join(', ')}]`;
  const inner = Object.entries(value).map(([key, one]) => `${keyText(key)} = ${valueText(one)}`);
  return `{ ${inner.join(', ')} }`;
}

function isList(value: Value): value is readonly string[] {
  return Array.isArray(value);
}

function keyText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : text(key);
}

/** A basic string: JSON's escapes are TOML's, but TOML wants one for the delete character too. */
function text(value: string): string {
  return JSON.stringify(value).replaceAll('\u007f', String.raw`\u007F`);
}
