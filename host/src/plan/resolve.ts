import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { failure, success, type Result } from '../diagnostics/result.ts';
import { readDocument, variantOf } from '../manifest/document.ts';
import type { Manifest, ManifestService } from '../manifest/types.ts';
import { bindEdges } from './bind.ts';
import { atService, serviceNames, type PlanInput } from './context.ts';
import { checkManifestEdges } from './edges.ts';
import { checkMessages } from './carry.ts';
import { checkFused } from './fused.ts';
import { uniteGrants } from './grants.ts';
import { checkHostImports, readGrants } from './imports.ts';
import { grantsForSends, grantsForTriggers, withAddresses } from './message-grants.ts';
import { messageTriggers } from './message-triggers.ts';
import { checkOutboxes } from './outbox.ts';
import { checkRoutes } from './routes.ts';
import { sendsFrom, sendsOf } from './sends.ts';
import { checkSettings } from './settings.ts';
import { inOrderOfSource, readTriggers } from './triggers.ts';
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
  const written = readTriggers(input);
  const bound = bindEdges(input);
  const { edges } = bound.value;
  const generated = messageTriggers(input, edges);
  const triggers = inOrderOfSource([...written.value, ...generated.value]);
  const sends = sendsOf(input, edges);
  const units = closeUnits(input, { edges, triggers, sends, grants });
  const cycles = findCycles(input, edges);
  const messages = checkMessages(input, edges);

  const problems = [
    ...names.flatMap((service) => granted.get(service)?.problems ?? []),
    ...names.flatMap((service) =>
      checkWorld(input, service, grants.get(service) ?? [], granted.get(service)?.problems ?? []),
    ),
    ...written.problems,
    ...bound.problems,
    ...cycles,
    ...checkManifestEdges(input, [...edges, ...bound.value.undecided]),
    ...checkSettings(input, edges),
    ...messages,
    // What cannot be sent at all has no topic to quarrel over.
    ...(messages.length > 0 ? [] : [...generated.problems, ...checkRoutes(input, units.value)]),
    ...units.problems,
    ...checkOutboxes(input, units.value),
    ...(cycles.length > 0 ? [] : checkFused(input, edges, units.value)),
  ];
  // A trigger or edge that is wrong leaves services unreached; saying so as well would only distract.
  const unreached =
    [...written.problems, ...bound.problems].length === 0 ? findUnreached(input, units.value) : [];
  const all = inOrder([...problems, ...unreached]);
  if (all.length > 0) return failure(...all);

  return success({
    name: manifest.name,
    version: manifest.version,
    ...(manifest.description !== undefined && { description: manifest.description }),
    ...(context.profile !== undefined && { profile: context.profile }),
    services: names.flatMap((service) =>
      planService(
        input,
        service,
        uniteGrants([
          ...(grants.get(service) ?? []),
          ...grantsForSends(sendsFrom(sends, [service])),
          ...grantsForTriggers(generated.value.filter((trigger) => trigger.service === service)),
        ]),
      ),
    ),
    edges,
    units: units.value,
    triggers,
    limits: manifest.limits,
    stores: manifest.stores,
    variables: withAddresses(manifest.variables, [...triggers, ...sends]),
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
