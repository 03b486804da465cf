import { interfaceName } from '../contract/names.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { listWords } from '../diagnostics/nearest.ts';
import type { Manifest } from '../manifest/types.ts';
import { componentNames, componentsOf, type PlannedComponent } from './components.ts';
import { atService, type PlanInput } from './context.ts';
import { placeOfPlacement } from './placed.ts';
import { withHandles } from './travel.ts';
import type { Plan, PlannedEdge, PlannedUnit, ServiceWorld } from './types.ts';

/** What an edge must be to be fused, as far as it is not: `expected` and `found` of a diagnostic. */
interface Obstacle {
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  readonly next: string;
}

/** Fused edges that cannot be, and components that fused edges make and that cannot be. */
export function checkFused(
  input: PlanInput,
  edges: readonly PlannedEdge[],
  units: readonly PlannedUnit[],
): readonly Diagnostic[] {
  const problems = edges
    .filter(({ placement }) => placement === 'fused')
    .flatMap((edge) => cannotFuse(input, edge));
  if (problems.length > 0) return problems;
  const found = units.flatMap((unit) => [
    ...componentsOf(unit).flatMap((component) => clashes(input, unit, component)),
    ...circles(input, unit),
  ]);
  // Several units may have the same components.
  return [...new Map(found.map((one) => [one.message, one])).values()];
}

/** Linked edges that could be fused instead, each pair of services once: `importer.provider`. */
export function fusableEdges({ edges, services, units }: Plan): readonly string[] {
  const worlds = new Map(services.map((service) => [service.name, service]));
  const linked = edges.filter(({ placement }) => placement === 'linked');
  const keys = [...new Set(linked.map((edge) => `${edge.importer}.${edge.provider}`))];
  return keys.filter((key) => {
    const fused = (list: readonly PlannedEdge[]): PlannedEdge[] =>
      list.map((edge) =>
        `${edge.importer}.${edge.provider}` === key ? { ...edge, placement: 'fused' } : edge,
      );
    const able = edges
      .filter((edge) => `${edge.importer}.${edge.provider}` === key)
      .every(({ importer, provider, contract }) => {
        const ends = [worlds.get(importer), worlds.get(provider)];
        const extern = ends[0]?.world.imports.get(contract);
        return (
          ends.every((end) => end?.toolchain === 'quickjs' && plainNames(end.world).length === 0) &&
          extern?.kind === 'instance' &&
          withHandles(extern).length === 0
        );
      });
    return able && units.every((unit) => fusedCircle({ ...unit, edges: fused(unit.edges) }) === undefined);
  });
}

/** Whether an edge could be fused, as far as its ends and its contract are concerned. */
export function canFuse(input: PlanInput, edge: PlannedEdge): boolean {
  return obstacleOf(input, edge) === undefined;
}

function cannotFuse(input: PlanInput, edge: PlannedEdge): readonly Diagnostic[] {
  const { importer, provider, contract } = edge;
  const obstacle = obstacleOf(input, edge);
  if (!obstacle) return [];
  return [
    diagnose('plan/cannot-fuse', `\`${importer}\` and \`${provider}\` cannot be fused: ${obstacle.what}`, {
      ...placeOfPlacement(input, edge),
      expected: obstacle.expected,
      found: obstacle.found,
      next: obstacle.next,
      related: [
        { message: `\`${importer}\` imports \`${contract}\``, span: atService(input, importer) },
        { message: `\`${provider}\` provides it`, span: atService(input, provider) },
      ],
    }),
  ];
}

function obstacleOf({ manifest, worlds }: PlanInput, edge: PlannedEdge): Obstacle | undefined {
  const { importer, provider, contract } = edge;
  const linkIt = `Use \`linked\` for the edge: \`--place ${importer}.${provider}=linked\`, or \`placement = "linked"\` in \`[edge.${importer}.${provider}]\`.`;
  for (const name of [importer, provider]) {
    const toolchain = toolchainOf(manifest, name);
    if (toolchain === 'quickjs') continue;
    return {
      what:
        toolchain === 'prebuilt'
          ? `\`${name}\` is a component already`
          : `\`${name}\` is built with ${toolchain}`,
      expected: 'two services whose TypeScript is built with `quickjs`',
      found: `\`${name}\`: ${toolchain === 'prebuilt' ? 'a prebuilt component' : `\`${toolchain}\``}`,
      next: linkIt,
    };
  }
  const extern = worlds.get(importer)?.world.imports.get(contract);
  const handles = extern?.kind === 'instance' ? withHandles(extern) : [contract];
  if (handles.length > 0) {
    const functions = listWords(handles, 'and');
    return {
      what: `handles of resources would cross in \`${handles[0]}\`${handles.length > 1 ? ` and ${handles.length - 1} more` : ''}`,
      expected: 'functions whose parameters and results are values, which fused edges copy',
      found: functions,
      next: `${linkIt} Only \`linked\` edges carry handles.`,
    };
  }
  for (const name of [importer, provider]) {
    const world = worlds.get(name)?.world;
    const plain = world ? plainNames(world) : [];
    if (plain.length === 0) continue;
    return {
      what: `the world of \`${name}\` has what belongs to no interface`,
      expected:
        'worlds that import and export interfaces by their ids, such as `orders:fulfilment/fulfilment@0.1.0`',
      found: listWords(plain, 'and'),
      next: `Move it into an interface in \`wit/\`, or use \`linked\` for the edge.`,
    };
  }
  return undefined;
}

function toolchainOf({ services }: Manifest, name: string): string {
  const service = services[name];
  return service?.component === undefined ? (service?.toolchain ?? 'quickjs') : 'prebuilt';
}

/** What a world has outside of interfaces with an id; types of its own are no more than names. */
function plainNames({ imports, exports }: ServiceWorld['world']): readonly string[] {
  return [...imports, ...exports].flatMap(([name, { kind }]) =>
    kind !== 'type' && !name.includes(':') ? [name] : [],
  );
}

/** Two services of one component that cannot share its imports or exports. */
function clashes(
  input: PlanInput,
  unit: PlannedUnit,
  { services, fused, provides }: PlannedComponent,
): readonly Diagnostic[] {
  if (services.length === 1) return [];
  const problems: Diagnostic[] = [];
  const clash = (message: string, one: string, other: string, found: string): void => {
    problems.push(
      diagnose('plan/fused-clash', message, {
        span: atService(input, one),
        expected: 'services that differ in what they import from beside their component, or show of it',
        found,
        related: [{ message: `\`${other}\` is the other`, span: atService(input, other) }],
        next: `Use \`linked\` for one of the edges that join \`${one}\` and \`${other}\`: ${listWords(
          fused.map(({ importer, provider }) => `${importer}.${provider}`),
        )}.`,
      }),
    );
  };
  const from = new Map<string, PlannedEdge>();
  for (const edge of unit.edges) {
    if (edge.placement !== 'linked' || !services.includes(edge.importer)) continue;
    const before = from.get(edge.contract);
    from.set(edge.contract, edge);
    if (!before || before.provider === edge.provider) continue;
    clash(
      `\`${before.importer}\` and \`${edge.importer}\` are fused, but import \`${edge.contract}\` from different services`,
      before.importer,
      edge.importer,
      `\`${before.provider}\` and \`${edge.provider}\``,
    );
  }
  const root = services.includes(unit.root) ? [...(input.worlds.get(unit.root)?.world.exports ?? [])] : [];
  const shown = [
    ...root.flatMap(([name, { kind }]) => (kind === 'instance' ? [{ service: unit.root, name }] : [])),
    ...provides.filter(({ service }) => service !== unit.root),
  ];
  for (const [at, { service, name }] of shown.entries()) {
    const same = shown.slice(0, at).find((one) => interfaceName(one.name) === interfaceName(name));
    if (!same || same.service === service) continue;
    clash(
      `\`${same.service}\` and \`${service}\` are fused, but both export an interface \`${interfaceName(name)}\` that others need`,
      same.service,
      service,
      `\`${same.name}\` and \`${name}\``,
    );
  }
  return problems;
}

function circles(input: PlanInput, unit: PlannedUnit): readonly Diagnostic[] {
  const circle = fusedCircle(unit);
  if (!circle) return [];
  const [first] = circle as [PlannedEdge];
  const text = circle.map(({ importer, provider }) => `${importer} -> ${provider}`).join(', ');
  return [
    diagnose('plan/fused-circle', 'fused services would import themselves by linked edges around', {
      span: atService(input, first.importer),
      expected: 'components without a circle: a component is made before those that import it',
      found: `linked: ${text}`,
      next: `Fuse the services in between too, or use \`linked\` between those that are fused: ${listWords(
        unit.edges
          .filter(({ placement }) => placement === 'fused')
          .map(({ importer, provider }) => `${importer}.${provider}`),
      )}.`,
    }),
  ];
}

/** Linked edges that lead from a component back to it. */
function fusedCircle(unit: Pick<PlannedUnit, 'services' | 'edges'>): readonly PlannedEdge[] | undefined {
  const nameOf = componentNames(unit);
  const linked = unit.edges.filter(({ placement }) => placement === 'linked');
  const done = new Set<string>();
  const visit = (component: string, path: readonly PlannedEdge[]): readonly PlannedEdge[] | undefined => {
    const start = path.findIndex(({ importer }) => nameOf.get(importer) === component);
    if (start !== -1) return path.slice(start);
    if (done.has(component)) return undefined;
    for (const edge of linked) {
      if (nameOf.get(edge.importer) !== component) continue;
      const found = visit(nameOf.get(edge.provider) ?? '', [...path, edge]);
      if (found) return found;
    }
    done.add(component);
    return undefined;
  };
  for (const component of new Set(nameOf.values())) {
    const found = visit(component, []);
    if (found) return found;
  }
  return undefined;
}
