import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { isWritten } from '../manifest/document.ts';
import { at, atService, compareText, serviceNames, type Found, type PlanInput } from './context.ts';
import { grantsForSends, grantsForTriggers } from './message-grants.ts';
import { uniteGrants } from './grants.ts';
import { sendsFrom } from './sends.ts';
import { calledFunctions, isBrokered } from './travel.ts';
import type { Grant, PlannedEdge, PlannedSend, PlannedTrigger, PlannedUnit } from './types.ts';

/** What units are made of. */
export interface UnitParts {
  readonly edges: readonly PlannedEdge[];
  /** The manifest's, and those that broker edges need. */
  readonly triggers: readonly PlannedTrigger[];
  readonly sends: readonly PlannedSend[];
  /** By service, as the manifest has them. */
  readonly grants: ReadonlyMap<string, readonly Grant[]>;
}

/**
 * Closes the units: each service that something starts, a trigger or a broker edge, with all that it reaches
 * by inner edges. A service that several roots reach is in each of their units.
 */
export function closeUnits(
  input: PlanInput,
  { edges, triggers, sends, grants }: UnitParts,
): Found<readonly PlannedUnit[]> {
  const problems: Diagnostic[] = [];
  const units = startedRoots(input, edges, triggers).map((root): PlannedUnit => {
    const services = providersFirst(root, edges);
    const inside = new Set(services);
    const own = triggers.filter(({ service }) => service === root);
    const published = sendsFrom(sends, services);
    problems.push(...instanceConflicts(input, root, services));
    const environment = uniteEnvironments(input, root, services);
    problems.push(...environment.problems);
    return {
      name: root,
      root,
      services,
      edges: edges.filter((edge) => inside.has(edge.importer)),
      triggers: own,
      sends: published,
      grants: uniteGrants([
        ...services.flatMap((service) => grants.get(service) ?? []),
        ...grantsForSends(published),
        ...grantsForTriggers(own),
      ]),
      environment: environment.value,
      instance: input.manifest.services[root]?.instance ?? 'fresh',
    };
  });
  return { value: units, problems };
}

/** What the manifest's triggers start, and what broker edges start from there, in the order of names. */
function startedRoots(
  input: PlanInput,
  edges: readonly PlannedEdge[],
  triggers: readonly PlannedTrigger[],
): readonly string[] {
  const written = triggers.filter((trigger) => trigger.kind === 'http' || !trigger.carries);
  const roots = new Set(written.map(({ service }) => service));
  // A set's iteration sees what is added on the way.
  for (const root of roots) {
    const services = providersFirst(root, edges);
    for (const edge of edges) {
      // An edge of types alone brings no message.
      const calls = isBrokered(edge) && calledFunctions(input, edge).length > 0;
      if (calls && services.includes(edge.importer)) roots.add(edge.provider);
    }
  }
  return [...roots].toSorted(compareText);
}

/** The root and all it reaches, providers before importers, otherwise in the order of names. */
function providersFirst(root: string, edges: readonly PlannedEdge[]): readonly string[] {
  const seen = new Set<string>();
  const order: string[] = [];
  const visit = (service: string): void => {
    if (seen.has(service)) return;
    seen.add(service);
    providersOf(service, edges).forEach(visit);
    order.push(service);
  };
  visit(root);
  return order;
}

function providersOf(service: string, edges: readonly PlannedEdge[]): readonly string[] {
  const providers = edges
    .filter((edge) => edge.importer === service && !isBrokered(edge))
    .map(({ provider }) => provider);
  return [...new Set(providers)].toSorted(compareText);
}

/** Each way around in which services import one another, shown as a path. */
export function findCycles(input: PlanInput, edges: readonly PlannedEdge[]): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  const done = new Set<string>();
  const visit = (service: string, path: readonly string[]): void => {
    const start = path.indexOf(service);
    if (start !== -1) {
      problems.push(cycle(input, [...path.slice(start), service], edges));
      return;
    }
    if (done.has(service)) return;
    for (const provider of providersOf(service, edges)) visit(provider, [...path, service]);
    done.add(service);
  };
  for (const service of serviceNames(input.manifest)) visit(service, []);
  return problems;
}

function cycle(input: PlanInput, path: readonly string[], edges: readonly PlannedEdge[]): Diagnostic {
  const [first = ''] = path;
  const steps = path.slice(1).map((provider, position) => {
    const importer = path[position] ?? '';
    const contract =
      edges.find((edge) => edge.importer === importer && edge.provider === provider)?.contract ?? '';
    return {
      message: `\`${importer}\` imports \`${contract}\` from \`${provider}\``,
      span: atService(input, importer),
    };
  });
  return diagnose('plan/cycle', `services import one another in a circle: ${path.join(' -> ')}`, {
    span: atService(input, first),
    expected: 'edges without a circle: a component is made before those that import it',
    found: path.join(' -> '),
    related: steps,
  });
}

/** Services that are in no unit. */
export function findUnreached(input: PlanInput, units: readonly PlannedUnit[]): readonly Diagnostic[] {
  const reached = new Set(units.flatMap(({ services }) => services));
  return serviceNames(input.manifest)
    .filter((service) => !reached.has(service))
    .map((service) =>
      diagnose('plan/unreached-service', `nothing reaches the service \`${service}\``, {
        span: atService(input, service),
        expected: 'a trigger for it, or a service that imports what it exports',
        found: `units ${units.map(({ services }) => `\`${services.toReversed().join(' + ')}\``).join(', ')}`,
      }),
    );
}

function instanceConflicts(
  input: PlanInput,
  root: string,
  services: readonly string[],
): readonly Diagnostic[] {
  const decided = input.manifest.services[root]?.instance;
  return services
    .filter((service) => {
      const path = ['service', service, 'instance'];
      return isWritten(input.variant, path) && input.manifest.services[service]?.instance !== decided;
    })
    .map((service) =>
      diagnose(
        'plan/instance-conflict',
        `\`${service}\` cannot be \`${input.manifest.services[service]?.instance}\` in the unit of \`${root}\``,
        {
          span: at(input, ['service', service, 'instance']),
          expected: `\`${decided}\`, as the unit's root \`${root}\` has it`,
          found: `\`${input.manifest.services[service]?.instance}\``,
          related: [
            { message: `\`${root}\` is the root`, span: at(input, ['service', root, 'instance'], 'key') },
          ],
          next: `Give both the same \`instance\`, or leave it out for \`${service}\`.`,
        },
      ),
    );
}

/** The environment of a unit: one component has one, so its services must agree. */
function uniteEnvironments(
  input: PlanInput,
  root: string,
  services: readonly string[],
): Found<Readonly<Record<string, string>>> {
  const problems: Diagnostic[] = [];
  const from = new Map<string, { value: string; service: string }>();
  for (const service of services) {
    for (const [name, value] of Object.entries(input.manifest.services[service]?.environment ?? {})) {
      const before = from.get(name);
      if (before && before.value !== value) {
        problems.push(
          diagnose(
            'plan/environment-conflict',
            `\`${before.service}\` and \`${service}\` want different values of \`${name}\``,
            {
              span: at(input, ['service', service, 'environment', name]),
              expected: `one value in the unit of \`${root}\``,
              found: `${JSON.stringify(before.value)} and ${JSON.stringify(value)}`,
              related: [
                {
                  message: 'the other is here',
                  span: at(input, ['service', before.service, 'environment', name]),
                },
              ],
            },
          ),
        );
      } else from.set(name, { value, service });
    }
  }
  const sorted = [...from].toSorted(([a], [b]) => compareText(a, b));
  return { value: Object.fromEntries(sorted.map(([name, { value }]) => [name, value])), problems };
}
