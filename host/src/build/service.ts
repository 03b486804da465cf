import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { TenonError, unwrap } from '../diagnostics/error.ts';
import { combineWit } from '../contract/wit-source.ts';
import { buildTime } from './build-time.ts';
import type { BundleRequest } from './bundle.ts';
import { digestOf, type Cache } from './cache.ts';
import type { ComponentizeRequest } from './componentize.ts';
import { adapterOf } from './entry.ts';
import type { SourceService } from './load.ts';
import { withGuestIo } from './guest-io.ts';
import { displayPath } from './places.ts';
import { packageVersion } from './versions.ts';
import { readWitFile, readWitFolders } from './wit/read.ts';

export interface ServiceContext {
  readonly cache: Cache;
  /** Absolute folder that source maps are relative to: the manifest's. */
  readonly base: string;
  /** Componentizes even where the cache has the result. */
  readonly force: boolean;
  /** Runs one heavy step when its turn has come. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  readonly onStep: (step: 'bundling' | 'componentizing') => void;
}

export interface BuiltService {
  readonly component: Uint8Array;
  /** Source map of its bundle, version 3; paths relative to the manifest's folder. */
  readonly map: string;
  /** Absolute files that its component was made of, beside those of its world. */
  readonly inputs: readonly string[];
  readonly cached: boolean;
}

/** What becomes one component: what to bundle, and the world that the bundle is bound to. */
export interface BuildTarget {
  readonly name: string;
  readonly toolchain: SourceService['toolchain'];
  readonly bundle: BundleRequest;
  /** Called with what the bundle imports. */
  readonly witFor: (imports: readonly string[]) => Promise<ToolchainWit>;
}

/** Bundles a service and makes its component, or takes it from the cache. Throws TenonError, see errors of `build/`. */
export function buildService(service: SourceService, context: ServiceContext): Promise<BuiltService> {
  const adapter = adapterOf({
    service: service.name,
    entry: service.entry,
    world: service.world,
    worldId: service.encoded.id,
    worldFile: service.worldFile,
  });
  const bundle = {
    service: service.name,
    entry: service.entry,
    engine: service.toolchain,
    adapter: adapter.source,
    imports: new Set(service.world.imports.keys()),
    base: context.base,
    checkExports: adapter.checkExports,
  };
  const { name, toolchain } = service;
  return buildTarget({ name, toolchain, bundle, witFor: (imports) => witFor(service, imports) }, context);
}

/** The same for whatever becomes one component. */
export async function buildTarget(target: BuildTarget, context: ServiceContext): Promise<BuiltService> {
  const { cache, base } = context;
  const { name } = target;
  context.onStep('bundling');
  const { bundleService } = await import('./bundle.ts');
  const bundle = await bundleService(target.bundle);
  const wit = await target.witFor(bundle.imports);
  const engine = await engineOf(target, base);
  // The name is part of it because stack traces name the module after the service.
  const key = digestOf(name, bundle.code, wit.source, wit.world, engine.id);
  const names = ['component.wasm'] as const;
  const known = context.force ? undefined : await cache.get('service', key, names);
  if (known) {
    return { component: known.files['component.wasm'], map: bundle.map, inputs: bundle.inputs, cached: true };
  }
  const component = await context.inTurn(() => {
    context.onStep('componentizing');
    const { entry, parts } = target.bundle;
    const entries = parts && new Map(parts.map((part) => [part.service, part.entry]));
    return engine.componentize({ service: name, bundle, wit, base, entry, entries, cache });
  });
  if (context.force) await cache.remove('service', key);
  // StarlingMonkey's snapshot differs from run to run in seeds and clocks. Where another build was faster, its
  // component is taken, so that both write the same units.
  const stored = await cache.put('service', key, { 'component.wasm': component });
  return { component: stored.files['component.wasm'], map: bundle.map, inputs: bundle.inputs, cached: false };
}

interface Engine {
  /** Everything of the toolchain that the component depends on. */
  readonly id: string;
  readonly componentize: (request: ComponentizeRequest) => Promise<Uint8Array>;
}

async function engineOf({ name, toolchain }: BuildTarget, base: string): Promise<Engine> {
  if (toolchain === 'starlingmonkey') {
    const { componentizeStarlingMonkey, findStarlingMonkey } = await import('./starlingmonkey.ts');
    const tool = await findStarlingMonkey(name, base);
    return {
      id: `componentize-js ${tool.version} without http`,
      componentize: (request) => componentizeStarlingMonkey(request, tool),
    };
  }
  const { componentizeQuickJs } = await import('./componentize.ts');
  const { GLUE_VERSION, mendGlue } = await import('./quickjs-glue.ts');
  const { SNAPSHOT_VERSION } = await import('./quickjs/initialize.ts');
  return {
    id: `componentize-qjs ${packageVersion('componentize-qjs')} sync, glue ${GLUE_VERSION}, snapshot ${SNAPSHOT_VERSION}, at ${buildTime(process.env)}`,
    componentize: async (request) => mendGlue(await componentizeQuickJs(request)),
  };
}

/** WIT text of several packages, and the id of the world in it. */
export interface ToolchainWit {
  readonly source: string;
  readonly world: string;
}

/**
 * The WIT that the toolchain binds the bundle to: the service's world and what the guest's own modules import
 * of WASI, such as the clock behind `setTimeout`. Those need no line in the service's world, because QuickJS
 * imports all of WASI's command world by itself.
 */
async function witFor(service: SourceService, imports: readonly string[]): Promise<ToolchainWit> {
  const added = imports.filter((name) => !service.world.imports.has(name));
  if (added.length === 0) return { source: service.encoded.source, world: service.encoded.id };
  const refused = added.filter((name) => !name.startsWith('wasi:'));
  if (refused.length > 0) throw new TenonError(refused.map((name) => mustDeclare(service, name)));
  const worldFile = displayPath(service.worldFile);
  const contracts = [await readWitFile(worldFile), ...(await readWitFolders(service.witFolders))];
  const lines = [
    'package tenon:service;',
    'world service {',
    `  include ${service.encoded.id};`,
    ...added.map((name) => `  import ${name};`),
    '}',
  ];
  const worldText = { file: 'tenon:service', text: lines.join('\n') };
  const less = service.toolchain === 'quickjs' ? withGuestIo(contracts, service.world) : contracts;
  const combined = unwrap(combineWit({ worldFile: worldText, contracts: less }));
  return { source: combined.text, world: combined.world };
}

/** What reaches outside of the app needs a grant, hence a line in the world that the plan can see. */
export function mustDeclare(service: SourceService, name: string): Diagnostic {
  const what = name === 'fermyon:spin/http' ? '`fetch()`' : 'what it uses of the guest library';
  return diagnose(
    'build/import-not-in-world',
    `${service.name} uses ${what}, but its world does not import ${name}`,
    {
      span: { file: displayPath(service.worldFile), line: 1, column: 1 },
      where: `world ${service.encoded.id}`,
      expected: `import ${name};`,
      found: [...service.world.imports.keys()].join(', ') || 'no import',
      next: `Add \`import ${name};\` to the world${name === 'fermyon:spin/http' ? ', and a grant such as "http:api.example.com" to the service' : ''}.`,
    },
  );
}
