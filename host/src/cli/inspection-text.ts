import type { InspectedExtern, InspectedPart, Inspection, PoolUse } from '../link/inspect/inspect.ts';
import { sizeText } from './component-file.ts';
import type { Paint } from './output.ts';
import { table } from './table.ts';
import type { Trimmings } from '../link/trim/trim.ts';

/** What `tenon inspect` shows people. */
export function inspectionText(inspection: Inspection, file: string, paint: Paint): string {
  const { instances, sizes, parts, pool } = inspection;
  const sections = [
    `${paint('bold', file)}: a component of ${sizeText(inspection.bytes)}\n`,
    externs('Exports', inspection.exports, paint),
    externs('Imports', inspection.imports, paint),
    table(
      'Instances',
      instances.map(({ name, component }) => [name, ...(component === name ? [] : [`of ${component}`])]),
      paint,
    ),
    table('Wiring', wiring(inspection), paint),
    table('Toolchains', toolchains(inspection), paint),
    table('Sizes', sizeRows(parts, sizes), paint),
    table('Passes', passes(inspection), paint),
    table(
      'Of what Spin’s pool gives to one component',
      [
        ['memories', used(pool.memories)],
        ['tables', used(pool.tables)],
        ['core instances', `${used(pool.coreInstances)}, and those that the runtime adds to pass values`],
      ],
      paint,
    ),
  ];
  return sections.filter((text) => text !== '').join('\n');
}

function externs(title: string, all: readonly InspectedExtern[], paint: Paint): string {
  const lines = all.flatMap(({ name, type, functions = [] }) => [
    `  ${name}${type === undefined ? '' : `: ${type}`}\n`,
    ...functions.map((one) => `    ${memberName(one.name)}: ${one.type}\n`),
  ]);
  return lines.length === 0 ? '' : `${paint('bold', title)}\n${lines.join('')}`;
}

/** `[method]store.get` → `store.get`, `[constructor]store` → `store`. */
function memberName(name: string): string {
  return name.replace(/^\[.+\]/, '');
}

function wiring({ wires }: Inspection): string[][] {
  const rows = wires.flatMap(({ importer, import: name, provider }) =>
    provider === undefined ? [] : [[`${importer} → ${provider}`, name]],
  );
  const open = new Map<string, number>();
  for (const { importer, provider } of wires) {
    if (provider === undefined) open.set(importer, (open.get(importer) ?? 0) + 1);
  }
  return [
    ...rows,
    ...[...open].map(([importer, count]) => [`${importer} → outside`, `${count} of the imports`]),
  ];
}

function toolchains({ producers, parts }: Inspection): string[][] {
  const components = parts.filter(({ kind }) => kind === 'component');
  const named = components.length > 0 ? components : parts;
  return producers.map((one) => {
    const users = named
      .filter((part) =>
        part.producers.some((other) => other.name === one.name && other.version === one.version),
      )
      .map(({ name }) => name);
    return [one.field, `${one.name} ${one.version}`.trim(), users.join(', ')];
  });
}

function sizeRows(parts: readonly InspectedPart[], sizes: Inspection['sizes']): string[][] {
  if (parts.length === 0) return [];
  const row = (name: string, size: Inspection['sizes'], note: string): string[] => [
    name,
    ...[size.total, size.code, size.data, size.custom, size.rest].map((bytes) => sizeText(bytes).padStart(8)),
    note,
  ];
  const used = parts.reduce((sum, part) => sum + part.sizes.total, 0);
  return [
    ['', ...['total', 'code', 'data', 'custom', 'rest'].map((title) => title.padStart(8)), 'used by'],
    ...parts.map((part) => row(part.name, part.sizes, part.usedBy.join(', '))),
    ['wiring', sizeText(sizes.total - used).padStart(8), '', '', '', '', ''],
    row('all', sizes, ''),
  ];
}

/** What each pass did; of a component that does not say how it was linked, what can be seen. */
function passes({ plan, hoisted }: Inspection): string[][] {
  const { flatten = [], trim = [] } = plan?.passes ?? {};
  const done = flatten.filter(({ reason }) => reason === undefined).map(({ instance }) => instance);
  return [
    ...(hoisted.modules === 0
      ? []
      : [
          [
            'hoist',
            `${hoisted.modules} core modules are stored once, which saves ${sizeText(hoisted.bytes)}`,
          ],
        ]),
    ...(done.length === 0 ? [] : [['flatten', `rearranged so that instances cost less: ${done.join(', ')}`]]),
    ...flatten.flatMap(({ instance, reason }) =>
      reason === undefined ? [] : [['flatten', `${instance} left as it is: ${reason}`]],
    ),
    ...trim.flatMap(({ instance, removed, reason }) => {
      if (reason !== undefined) return [['trim', `${instance} left as it is: ${reason}`]];
      return removed ? [['trim', `${instance} without what nothing uses: ${removedText(removed)}`]] : [];
    }),
  ];
}

function removedText({ functions, instances, modules, imports }: Trimmings): string {
  const some = (count: number, what: string): string[] =>
    count === 0 ? [] : [`${count} ${what}${count === 1 ? '' : 's'}`];
  return [
    ...some(functions, 'function'),
    ...some(instances, 'instance'),
    ...some(modules, 'core module'),
    ...imports.map((name) => `import ${name}`),
  ].join(', ');
}

function used({ used: count, limit }: PoolUse): string {
  return `${count} of ${limit}${count > limit ? ': too many' : ''}`;
}
