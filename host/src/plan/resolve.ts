import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { failure, success, type Result } from '../diagnostics/result.ts';
import { readDocument, variantOf } from '../manifest/document.ts';
import type { Manifest, ManifestService } from '../manifest/types.ts';
import { bindEdges } from './bind.ts';
import { atService, serviceNames, type PlanInput } from './context.ts';
import { checkManifestEdges } from './edges.ts';
import { checkFused } from './fused.ts';
import { checkHostImports, readGrants } from './imports.ts';
import { readTriggers } from './triggers.ts';
import type { Grant, Plan, PlannedService, ServiceWorld } from './types.ts';
import { closeUnits, findCycles, findUnreached } from './units.ts';

export interface PlanContext {
  /** The manifest's file and text, as given to `parseManifest`, for the places of problems. */
  readonly file: string;
  readonly text: string;
  readonly profile?: string | undefined;
}

/**
 * Resolves a manifest against the worlds of its services: binds every import of a contract, checks grants,
 * triggers and edges, and closes the units. Everything in the plan is in the order of names, so that it does
 * not depend on the order of the manifest. All problems are reported together; what only follows from another
 * is not.
 */
export function resolvePlan(
  manifest: Manifest,
  worlds: ReadonlyMap<string, ServiceWorld>,
  context: PlanContext,
): Result<Plan> {
  const read = readDocument(context.text, context.file);
  if (!read.ok) return read;
  const input: PlanInput = { manifest, worlds, variant: variantOf(read.value, context.profile) };
  const names = serviceNames(manifest);
  const granted = new Map(names.map((service) => [service, readGrants(input, service)]));
  const grants = new Map(names.map((service) => [service, granted.get(service)?.value ?? []]));
  const triggers = readTriggers(input);
  const bound = bindEdges(input);
  const units = closeUnits(input, bound.value.edges, triggers.value, grants);

  const cycles = findCycles(input, bound.value.edges);

  const problems = [
    ...names.flatMap((service) => granted.get(service)?.problems ?? []),
    ...names.flatMap((service) =>
      checkWorld(input, service, grants.get(service) ?? [], granted.get(service)?.problems ?? []),
    ),
    ...triggers.problems,
    ...bound.problems,
    ...cycles,
    ...checkManifestEdges(input, [...bound.value.edges, ...bound.value.undecided]),
    ...units.problems,
    ...(cycles.length > 0 ? [] : checkFused(input, bound.value.edges, units.value)),
  ];
  // A trigger or edge that is wrong leaves services unreached; saying so as well would only distract.
  const unreached =
    [...triggers.problems, ...bound.problems].length === 0 ? findUnreached(input, units.value) : [];
  const all = inOrder([...problems, ...unreached]);
  if (all.length > 0) return failure(...all);

  return success({
    name: manifest.name,
    version: manifest.version,
    ...(manifest.description !== undefined && { description: manifest.description }),
    ...(context.profile !== undefined && { profile: context.profile }),
    services: names.flatMap((service) => planService(input, service, grants.get(service) ?? [])),
    edges: bound.value.edges,
    units: units.value,
    triggers: triggers.value,
    limits: manifest.limits,
    stores: manifest.stores,
    variables: manifest.variables,
  });
}

function checkWorld(
  input: PlanInput,
  service: string,
  grants: readonly Grant[],
  grantProblems: readonly Diagnostic[],
): readonly Diagnostic[] {
  const world = input.worlds.get(service);
  if (!world) {
    return [
      diagnose('plan/no-world', `the world of \`${service}\` is not known`, {
        span: atService(input, service),
        expected: 'a world that could be read',
        found: 'none',
      }),
    ];
  }
  const problems = checkHostImports(input, world, grants);
  // A grant that could not be read may be the one that seems to lack.
  return grantProblems.length > 0 ? problems.filter(({ code }) => code !== 'plan/missing-grant') : problems;
}

function planService(
  { manifest, worlds }: PlanInput,
  name: string,
  grants: readonly Grant[],
): readonly PlannedService[] {
  const service = manifest.services[name];
  const known = worlds.get(name);
  if (!service || !known) return [];
  const { path, component, environment, instance } = service;
  const entry = entryOf(service);
  return [
    {
      name,
      toolchain: component === undefined ? service.toolchain : 'prebuilt',
      ...(path !== undefined && { path }),
      ...(component !== undefined && { component }),
      ...(entry !== undefined && { entry }),
      ...(known.worldId !== undefined && { worldId: known.worldId }),
      world: known.world,
      grants,
      environment,
      instance,
    },
  ];
}

/** The entry module: as written, else named after the folder. */
function entryOf({ path, entry }: ManifestService): string | undefined {
  const folder = path?.replace(/\/+$/, '').split('/').at(-1);
  return entry ?? (folder === undefined || /^\.*$/.test(folder) ? undefined : `${folder}.ts`);
}

/** By place; what has none stays last. */
function inOrder(problems: readonly Diagnostic[]): readonly Diagnostic[] {
  const position = ({ span }: Diagnostic): number =>
    span ? span.line * 1e5 + span.column : Number.MAX_SAFE_INTEGER;
  return problems.toSorted((a, b) => position(a) - position(b));
}
