import { z } from 'zod';
import { AppSchema, type KeyMeta } from './schema.ts';
import { notedOf, unwrap } from './walk.ts';

/** docs/manifest.md: one section per table of the schema, one row per key. */
export function manifestPage(): string {
  const sections = tablesOf(AppSchema, []).map(section);
  return `${HEAD}\n\n${sections.join('\n\n')}\n\n${TAIL}\n`;
}

const HEAD = `# The manifest

A manifest, \`composed/<app>.toml\`, says which services an app has, what starts them, what they may do and how
their edges are carried. It is TOML. Keys that are not listed here are errors.

Durations are numbers with a unit, \`ms\`, \`s\`, \`min\` or \`h\`, and sizes numbers with \`B\`, \`kB\`, \`MB\`, \`GB\`,
\`KiB\`, \`MiB\` or \`GiB\`; both in quotes. Names of apps and services are lower case with hyphens. Paths are
relative to the manifest.

Generated from \`host/src/manifest/schema.ts\` by \`npm run docs\`; do not edit.`;

const TAIL = `## \`[profile.<name>]\`

A variant of the app, chosen with \`--profile <name>\`: any of the tables above, merged over them. Tables merge key
by key; everything else, arrays of tables too, is replaced.

\`\`\`toml
[profile.mqtt.edge.receiver.fulfilment]
placement = "mqtt"
topic = "neworders"
\`\`\`

On the command line, \`--place <importer>.<provider>=<placement>\` overrides the placement of one edge.`;

/** What stands for the user's names, by the table whose keys they are. */
const PLACEHOLDERS: Readonly<Record<string, readonly string[]>> = {
  variables: ['<name>'],
  service: ['<name>'],
  edge: ['<importer>', '<provider>'],
  store: ['<label>'],
};

interface TableOfKeys {
  readonly path: readonly string[];
  readonly array: boolean;
  readonly meta: KeyMeta | undefined;
  readonly keys: readonly (readonly [name: string, meta: KeyMeta])[];
}

/** All tables with keys of their own below a schema, outer ones first. */
function tablesOf(schema: z.core.$ZodType, path: readonly string[], array = false): readonly TableOfKeys[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodRecord) {
    const names = PLACEHOLDERS[path[0] ?? ''] ?? [];
    return tablesOf(inner.valueType, [...path, names[path.length - 1] ?? '<name>']);
  }
  if (inner instanceof z.ZodArray) return tablesOf(inner.element, path, true);
  if (!(inner instanceof z.ZodObject)) return [];
  const members = Object.entries(inner.shape as Readonly<Record<string, z.core.$ZodType>>);
  const keys = members.flatMap(([name, member]) => {
    const meta = notedOf(member);
    return meta && !holdsTables(member) ? [[name, meta] as const] : [];
  });
  const own = keys.length > 0 ? [{ path, array, meta: notedOf(schema), keys }] : [];
  return [
    ...own,
    ...members.flatMap(([name, member]) => (holdsTables(member) ? tablesOf(member, [...path, name]) : [])),
  ];
}

/** Whether a value is tables with keys of the schema, as opposed to one value. */
function holdsTables(schema: z.core.$ZodType): boolean {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodRecord) return holdsTables(inner.valueType);
  return inner instanceof z.ZodArray ? holdsTables(inner.element) : inner instanceof z.ZodObject;
}

function section({ path, array, meta, keys }: TableOfKeys): string {
  const name = path.join('.');
  const title = path.length === 0 ? 'The root' : array ? `\`[[${name}]]\`` : `\`[${name}]\``;
  const rows = keys.map(([key, { kind, byDefault, required, description, example }]) => {
    const fallback = required ? '**required**' : byDefault === undefined ? 'none' : code(byDefault);
    const shown = example === undefined ? '' : ` Example: \`${key} = ${example}\``;
    return `| \`${key}\` | ${kind.type} | ${fallback} | ${description}${shown} |`;
  });
  const intro = path.length === 0 ? '' : `\n\n${meta?.description ?? ''}`;
  return `## ${title}${intro}\n\n| key | type | default | meaning |\n|---|---|---|---|\n${rows.join('\n')}`;
}

/** TOML as code; words in parentheses as words. */
function code(byDefault: string): string {
  return byDefault.startsWith('(') ? byDefault.slice(1, -1) : `\`${byDefault}\``;
}
