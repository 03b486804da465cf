import type { Plan, PlannedEdge } from '../plan/types.ts';
import { allComponents } from '../plan/components.ts';
import { grantText, uniteGrants } from '../plan/grants.ts';
import { linkedCosts, type LinkedCost } from '../plan/linked-cost.ts';
import { listWords } from '../diagnostics/nearest.ts';
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

/** The same with the services' grants and what could be placed otherwise: what `check` shows. */
export function fullOverview(plan: Plan, paint: Paint): string {
  const services = plan.services.map((service) => [
    service.name,
    service.toolchain,
    service.grants.length === 0 ? 'no grants' : service.grants.map(grantText).join(', '),
  ]);
  return [
    section('Services', services, paint),
    overview(plan, paint),
    section('Fused, in one sandbox with the grants of all', fusedRows(plan), paint),
    section('Linked, and what that costs on Spin', linkedRows(plan), paint),
    fusingHint(plan, paint),
  ]
    .filter((text) => text !== '')
    .join('\n');
}

function fusedRows(plan: Plan): string[][] {
  const grantsOf = new Map(plan.services.map(({ name, grants }) => [name, grants]));
  return allComponents(plan.units)
    .filter(({ services }) => services.length > 1)
    .map(({ services }) => {
      const grants = uniteGrants(services.flatMap((name) => grantsOf.get(name) ?? []));
      return [services.toReversed().join(' + '), grants.map(grantText).join(', ') || 'no grants'];
    });
}

/** What an engine costs an event on Spin 3.6.3, as docs/placements.md says. */
const ENGINE = '0.12 ms';
const ENGINE_AS_BUILT = '0.4 ms';

function linkedRows(plan: Plan): string[][] {
  const costs = linkedCosts(plan);
  const several = new Set(costs.map(({ unit }) => unit)).size > 1;
  return costs.map((cost) => [
    ...(several ? [`unit ${cost.unit}`] : []),
    `${cost.importer} → ${cost.provider}`,
    costText(cost),
  ]);
}

function costText({ makes }: LinkedCost): string {
  const perCall = '2 to 9 µs a call';
  if (!makes) return `nothing for the event, which has the provider already; ${perCall}`;
  return makes.toolchain === 'quickjs'
    ? `about ${ENGINE} an event for the engine of ${makes.component}; ${perCall}`
    : `a new instance of ${makes.component} for each event; ${perCall}`;
}

/** What fusing would save where it is possible: the engine that a host makes anew for each event. */
function fusingHint(plan: Plan, paint: Paint): string {
  const fusable = linkedCosts(plan).filter((cost) => cost.fusable);
  const edges = [...new Set(fusable.map(({ importer, provider }) => `${importer}.${provider}`))];
  const [first] = edges;
  if (first === undefined) return '';
  return [
    `${paint('cyan', 'note')}: ${listWords(edges, 'and')} ${edges.length === 1 ? 'is' : 'are'} linked and could be fused (--place ${first}=fused): a fused service needs`,
    `      no engine of its own. Built with --no-flatten, each costs about ${ENGINE_AS_BUILT}.`,
    '',
  ].join('\n');
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
  return plan.edges.map((edge) => {
    const { importer, provider, placement, contract } = edge;
    const { topics = [], tees = [] } = topicsOf(plan, edge);
    const tee = tees.length === 0 ? '' : `, tee ${tees.join(', ')}`;
    return [`${importer} → ${provider}`, [placement, ...topics].join(' ') + tee, contract];
  });
}

/** Where the calls of an edge travel, and where copies of them go, as far as a unit of the plan sends them. */
export function topicsOf(
  plan: Plan,
  { importer, provider, contract }: PlannedEdge,
): { readonly topics?: readonly string[]; readonly tees?: readonly string[] } {
  const sends = plan.units
    .flatMap((unit) => unit.sends)
    .filter((send) => send.importer === importer && send.provider === provider && send.contract === contract);
  const topics = sends.filter(({ purpose }) => purpose === 'edge').map(({ topic }) => topic);
  const tees = sends.filter(({ purpose }) => purpose === 'tee').map(({ kind, topic }) => `${kind} ${topic}`);
  return {
    ...(topics.length > 0 && { topics: [...new Set(topics)] }),
    ...(tees.length > 0 && { tees: [...new Set(tees)] }),
  };
}

/** The brokers of a running app, and how to look at what goes over one that was started for it. */
export function brokerOverview(
  plan: Plan,
  { mqtt, redis, embedded }: { readonly mqtt?: string; readonly redis?: string; readonly embedded?: string },
  paint: Paint,
): string {
  const rows = [
    ...(mqtt === undefined
      ? []
      : [['mqtt', mqtt, ...(mqtt === embedded ? [listening(plan, embedded)] : [])]]),
    ...(redis === undefined ? [] : [['redis', redis]]),
  ];
  return section('Brokers', rows, paint);
}

function listening(plan: Plan, address: string): string {
  const sent = plan.units.flatMap((unit) => unit.sends.filter(({ kind }) => kind === 'mqtt'));
  const handled = plan.triggers.flatMap((trigger) => (trigger.kind === 'mqtt' ? [trigger.topic] : []));
  const topics = [...new Set([...sent.map(({ topic }) => topic), ...handled])].toSorted();
  const { port } = new URL(address);
  const options = [
    ...(port === '1883' ? [] : [`-p ${port}`]),
    ...topics.map((topic) => `-t ${/^[\w/.-]+$/.test(topic) ? topic : `'${topic}'`}`),
  ];
  return `started here, in memory; look on with: mosquitto_sub ${options.join(' ')}`;
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
