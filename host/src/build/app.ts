import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { rm, stat, readFile } from 'node:fs/promises';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { LinkGraph } from '../link/graph.ts';
import { allAdapters, graphOf } from '../plan/adapters.ts';
import { allComponents } from '../plan/components.ts';
import { hostAnswers } from '../plan/host-answers.ts';
import type { Plan, PlannedUnit } from '../plan/types.ts';
import type { AdapterPart } from './adapter.ts';
import { openCache, type Cache } from './cache.ts';
import type { FusedServices } from './fused.ts';
import type { LoadedApp, LoadedService, LoadOptions, SourceService } from './load.ts';
import type { Linker } from './outside-linker.ts';
import { replaceTogether } from './replace.ts';
import type { BuiltService, ServiceContext } from './service.ts';
import { readState, writeState } from './state.ts';

export interface BuildOptions extends LoadOptions {
  /** Where the units and plan.json are written; `.out/<app>` beside the manifest if absent. */
  readonly outDir?: string | undefined;
  /** How many services are made into components at once; as many as the machine runs in parallel if absent. */
  readonly jobs?: number | undefined;
  /** Builds everything anew, whatever the cache has. */
  readonly force?: boolean | undefined;
  /** Whether services are type-checked; true if absent. */
  readonly typeCheck?: boolean | undefined;
  /** Whether core modules of QuickJS services are rearranged so that instances are made for less; true if absent. */
  readonly flatten?: boolean | undefined;
  /** Whether core modules that several components of a unit have are stored once; true if absent. */
  readonly hoist?: boolean | undefined;
  /** Who links the units; Tenon's own linker if absent. Another one runs none of its passes. */
  readonly linker?: Linker | undefined;
  readonly onProgress?: ((event: BuildEvent) => void) | undefined;
}

/** What the build is doing; `ms` since the service or unit was begun, with its last step. */
export type BuildEvent =
  | { readonly kind: 'service'; readonly name: string; readonly step: 'bundling' | 'componentizing' }
  | {
      readonly kind: 'service';
      readonly name: string;
      readonly step: 'built' | 'cached';
      readonly ms: number;
    }
  | {
      readonly kind: 'unit';
      readonly name: string;
      readonly step: 'linked';
      readonly ms: number;
      readonly bytes: number;
    }
  | { readonly kind: 'app'; readonly name: string; readonly step: 'unchanged'; readonly ms: number };

export interface BuiltUnit {
  readonly unit: PlannedUnit;
  /** Absolute file of its component. */
  readonly wasm: string;
  /** SHA-256 of the file, hex. */
  readonly digest: string;
}

export interface BuiltApp {
  readonly plan: Plan;
  /** Absolute. */
  readonly outDir: string;
  readonly units: readonly BuiltUnit[];
  /** Service → absolute file of its bundle's source map; see stack.ts. */
  readonly sourceMaps: Readonly<Record<string, string>>;
  readonly warnings: readonly Diagnostic[];
}

/** The folder of the cache: beside the manifest, so that all apps of a folder share it. */
export function cacheFolder(manifest: string): string {
  return join(dirname(resolve(manifest)), '.out', '.cache');
}

/**
 * Builds an app: every service bundled and made into a component, in parallel, every unit linked. Nothing is
 * written unless all of it succeeded, and each file appears whole. Where nothing has changed since the last
 * build, which file times and sizes tell, none of the tools is even loaded. Throws TenonError with all
 * problems of all services.
 */
export async function buildApp(options: BuildOptions): Promise<BuiltApp> {
  const started = performance.now();
  const cache = openCache(cacheFolder(options.manifest));
  const known = options.force ? undefined : await readState(cache, options);
  if (known) {
    options.onProgress?.({
      kind: 'app',
      name: known.plan.name,
      step: 'unchanged',
      ms: performance.now() - started,
    });
    return known;
  }
  const { loadApp, settleAll } = await import('./load.ts');
  const app = await loadApp(options);
  const base = dirname(resolve(options.manifest));
  const outDir = resolve(options.outDir ?? join(base, '.out', app.plan.name));

  const turn = limiter(options.jobs ?? availableParallelism());
  const [services, typeInputs] = await bothOr(
    settleAll((await partsOf(app)).map((part) => buildOne(part, { cache, base, turn, options }))),
    options.typeCheck === false ? Promise.resolve([]) : checkTypes(app, cache),
  );
  const units = await linkUnits(
    app.plan,
    new Map(services.map((part) => [part.name, part.component])),
    options,
  );

  const written = await writeApp(outDir, app.plan, units, services);
  const warnings = [...app.warnings, ...units.flatMap((unit) => unit.warnings)];
  const built: BuiltApp = { plan: app.plan, outDir, ...written, warnings };
  const inputs = [...app.inputs, ...typeInputs, ...services.flatMap((part) => part.inputs)];
  await writeState(cache, options, built, inputs);
  return built;
}

/**
 * Both results, or the problems of both as one TenonError. Of the type checker only those on lines where the
 * build found nothing, and none in a module that cannot be parsed; but what is wrong with an export it knows
 * better than the engine, which sees no types and no lines.
 */
async function bothOr<A, B>(building: Promise<A>, checking: Promise<B>): Promise<[A, B]> {
  const { settleAll } = await import('./load.ts');
  const { TenonError } = await import('../diagnostics/error.ts');
  const [built, checked] = await Promise.allSettled([building, checking]);
  if (
    built.status === 'fulfilled' ||
    checked.status === 'fulfilled' ||
    !(built.reason instanceof TenonError) ||
    !(checked.reason instanceof TenonError)
  ) {
    return (await settleAll<unknown>([building, checking])) as [A, B];
  }
  const exports = new Set(
    checked.reason.diagnostics.flatMap(({ code, span }) =>
      code === 'build/wrong-export' ? [span?.file] : [],
    ),
  );
  const problems = built.reason.diagnostics.filter(
    ({ code, span }) => code !== 'build/wrong-export' || !exports.has(span?.file),
  );
  const known = new Set(
    problems.flatMap(({ code, span }) =>
      span ? [code === 'build/syntax' ? span.file : `${span.file}:${span.line}`] : [],
    ),
  );
  const others = checked.reason.diagnostics.filter(
    ({ span }) => !span || !(known.has(span.file) || known.has(`${span.file}:${span.line}`)),
  );
  throw new TenonError([...problems, ...others], { cause: built.reason });
}

interface BuiltPart {
  readonly name: string;
  readonly component: Uint8Array;
  readonly map?: string;
  readonly inputs: readonly string[];
}

interface BuildContext {
  readonly cache: Cache;
  readonly base: string;
  readonly turn: <T>(work: () => Promise<T>) => Promise<T>;
  readonly options: BuildOptions;
}

/** What is made into one component: a service, several that are fused, or generated modules alone. */
type Part = LoadedService | FusedServices | AdapterPart;

async function partsOf({ plan, services }: LoadedApp): Promise<readonly Part[]> {
  const { hasGenerated } = await import('../generate/plan-edges.ts');
  const byName = new Map(services.map((service) => [service.name, service]));
  const roots = new Set(plan.units.map(({ root }) => root));
  const components = allComponents(plan.units).map((component): Part => {
    const found = component.services.map((name) => byName.get(name)!);
    const [only, ...others] = found;
    return others.length === 0 && !(only?.toolchain === 'quickjs' && hasGenerated(plan, only.name))
      ? only!
      : { component, services: found as SourceService[], roots, plan };
  });
  const adapters = allAdapters(plan).map((adapter): Part => ({
    adapter,
    service: byName.get(adapter.service)!,
    plan,
  }));
  return [...components, ...adapters];
}

async function buildOne(part: Part, { cache, base, turn, options }: BuildContext): Promise<BuiltPart> {
  if ('bytes' in part) return { name: part.name, component: part.bytes, inputs: [] };
  const { name } = 'component' in part ? part.component : 'adapter' in part ? part.adapter : part;
  const started = performance.now();
  const context: ServiceContext = {
    cache,
    base,
    force: options.force ?? false,
    inTurn: turn,
    onStep: (step) => options.onProgress?.({ kind: 'service', name, step }),
  };
  const built = await buildPart(part, context);
  const step = built.cached ? 'cached' : 'built';
  options.onProgress?.({ kind: 'service', name, step, ms: performance.now() - started });
  return { name, component: built.component, map: built.map, inputs: built.inputs };
}

async function buildPart(
  part: Exclude<Part, { bytes: unknown }>,
  context: ServiceContext,
): Promise<BuiltService> {
  if ('component' in part) return (await import('./fused.ts')).buildFused(part, context);
  if ('adapter' in part) return (await import('./adapter.ts')).buildAdapter(part, context);
  return (await import('./service.ts')).buildService(part, context);
}

async function checkTypes(app: LoadedApp, cache: Cache): Promise<readonly string[]> {
  const { checkServices } = await import('./typecheck.ts');
  const { TenonError } = await import('../diagnostics/error.ts');
  const { diagnostics, files } = await checkServices(app.services, cache);
  if (diagnostics.length > 0) throw new TenonError(diagnostics);
  return files;
}

interface LinkedUnit {
  readonly unit: PlannedUnit;
  readonly bytes: Uint8Array;
  readonly warnings: readonly Diagnostic[];
}

async function linkUnits(
  plan: Plan,
  components: ReadonlyMap<string, Uint8Array>,
  options: BuildOptions,
): Promise<LinkedUnit[]> {
  const linked: LinkedUnit[] = [];
  for (const unit of plan.units) {
    const started = performance.now();
    const { bytes, warnings } = await linkUnit(unit, linkGraph(plan, unit, components), options);
    options.onProgress?.({
      kind: 'unit',
      name: unit.name,
      step: 'linked',
      ms: performance.now() - started,
      bytes: bytes.length,
    });
    linked.push({ unit, bytes, warnings });
  }
  return linked;
}

async function linkUnit(
  unit: PlannedUnit,
  graph: LinkGraph,
  { linker = 'tenon', flatten = true, hoist = true, manifest }: BuildOptions,
): Promise<Omit<LinkedUnit, 'unit'>> {
  if (linker !== 'tenon') {
    const { linkOutside } = await import('./outside-linker.ts');
    return await linkOutside(linker, graph, unit.name, join(cacheFolder(manifest), 'tmp'));
  }
  const { link } = await import('../link/link.ts');
  const { unwrap } = await import('../diagnostics/error.ts');
  const result = link({ ...graph, passes: { flatten, hoist } });
  return { bytes: unwrap(result).bytes, warnings: result.diagnostics };
}

/** A unit's components, and the edges between them. */
function linkGraph(plan: Plan, unit: PlannedUnit, components: ReadonlyMap<string, Uint8Array>): LinkGraph {
  const { instances, shown, ...graph } = graphOf(plan, unit);
  return {
    ...graph,
    answers: hostAnswers(unit.grants),
    instances: instances.map((name) => ({ name, bytes: components.get(name)! })),
    ...(shown && { hide: (name: string) => !shown.has(name) }),
  };
}

async function writeApp(
  outDir: string,
  plan: Plan,
  units: readonly LinkedUnit[],
  services: readonly BuiltPart[],
): Promise<Pick<BuiltApp, 'units' | 'sourceMaps'>> {
  const { planToJson } = await import('../plan/json.ts');
  const sourceMaps: Record<string, string> = {};
  const files = new Map<string, Uint8Array | string>();
  for (const { name, map } of services) {
    if (map === undefined) continue;
    sourceMaps[name] = join(outDir, 'maps', `${name}.js.map`);
    files.set(sourceMaps[name], map);
  }
  const built = units.map(({ unit, bytes }) => {
    const wasm = join(outDir, `${unit.name}.wasm`);
    files.set(wasm, bytes);
    return { unit, wasm, digest: createHash('sha256').update(bytes).digest('hex') };
  });
  // The plan last: where it stands, all that it names does too.
  const planFile = join(outDir, 'plan.json');
  files.set(planFile, `${JSON.stringify(planToJson(plan), null, 2)}\n`);
  const before = await unitsOf(planFile);
  await replaceTogether(await changed(files));
  for (const name of before) {
    if (!plan.units.some((unit) => unit.name === name))
      await rm(join(outDir, `${name}.wasm`), { force: true });
  }
  return { units: built, sourceMaps };
}

/** The units that the build before left, so that those which are no more go away. */
async function unitsOf(planFile: string): Promise<readonly string[]> {
  try {
    const { units } = JSON.parse(await readFile(planFile, 'utf8')) as { units: readonly { name: string }[] };
    return units.map(({ name }) => name).filter((name) => /^[a-z][a-z0-9-]*$/.test(name));
  } catch {
    // No build before, or none that we understand: then nothing is ours to remove.
    return [];
  }
}

/** Without files that have the right contents, so that a file's time tells when it last changed. */
async function changed(
  files: ReadonlyMap<string, Uint8Array | string>,
): Promise<ReadonlyMap<string, Uint8Array | string>> {
  const others = new Map<string, Uint8Array | string>();
  for (const [file, contents] of files) {
    const bytes = typeof contents === 'string' ? Buffer.from(contents) : contents;
    const found = await stat(file).catch(() => undefined);
    if (found?.size !== bytes.length || !(await readFile(file)).equals(bytes)) others.set(file, contents);
  }
  return others;
}

/** Lets at most `limit` pieces of work run at once, in the order of asking. */
function limiter(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= limit) await new Promise<void>((resolvePromise) => void waiting.push(resolvePromise));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
