import type { Plan } from '../plan/types.ts';
import { grantText } from '../plan/grants.ts';
import type { Paint } from './output.ts';

/** What a plan amounts to, for people: triggers with the unit they reach, units, edges with placements. */
export function overview(plan: Plan, paint: Paint, base = ''): string {
  const sections = [
    section('Routes', routeRows(plan, base), paint),
    section(
      'Units',
      plan.units.map((unit) => [unit.name, unit.services.toReversed().join(' + ')]),
      paint,
    ),
    section('Edges', edgeRows(plan), paint),
  ];
  return sections.filter((text) => text !== '').join('\n');
}

/** The same with the services' grants: what `check` shows. */
export function fullOverview(plan: Plan, paint: Paint): string {
  const services = plan.services.map((service) => [
    service.name,
    service.toolchain,
    service.grants.length === 0 ? 'no grants' : service.grants.map(grantText).join(', '),
  ]);
  return [section('Services', services, paint), overview(plan, paint)].join('\n');
}

function routeRows(plan: Plan, base: string): string[][] {
  return plan.units.flatMap((unit) =>
    unit.triggers.map((trigger) => {
      switch (trigger.kind) {
        case 'http':
          return [`${base}${trigger.route}`, '→', trigger.service];
        case 'mqtt':
          return [`mqtt ${trigger.topic}`, '→', trigger.service];
        case 'redis':
          return [`redis ${trigger.channel}`, '→', trigger.service];
      }
    }),
  );
}

function edgeRows(plan: Plan): string[][] {
  return plan.edges.map(({ importer, provider, placement, contract }) => [
    `${importer} → ${provider}`,
    placement,
    contract,
  ]);
}

function section(title: string, rows: readonly (readonly string[])[], paint: Paint): string {
  if (rows.length === 0) return '';
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const lines = rows.map((row) => {
    const cells = row.map((cell, column) =>
      column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0),
    );
    return `  ${cells.join('  ')}\n`;
  });
  return `${paint('bold', title)}\n${lines.join('')}`;
}
