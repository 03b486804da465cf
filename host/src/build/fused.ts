import { worldText } from '../generate/fused-world.ts';
import { fusedImport } from '../generate/fused-import.ts';
import { combineWit } from '../contract/wit-source.ts';
import type { ComponentType } from '../component/types.ts';
import { PROVIDED } from '../../../guest/src/registry.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { TenonError, unwrap } from '../diagnostics/error.ts';
import type { PlannedComponent } from '../plan/components.ts';
import { adapterOfParts, partModule, type BundlePart } from './bundle-parts.ts';
import { adapterOf } from './entry.ts';
import { contractFile, guestFile } from './guest.ts';
import type { SourceService } from './load.ts';
import { displayPath } from './places.ts';
import {
  buildTarget,
  mustDeclare,
  type BuiltService,
  type ServiceContext,
  type ToolchainWit,
} from './service.ts';
import { readWitFile, readWitFolders } from './wit/read.ts';

/** Services that become one component, and what of them others need. */
export interface FusedServices {
  readonly component: PlannedComponent;
  /** Its services, in its order. */
  readonly services: readonly SourceService[];
  /** Roots of units: all that their worlds export is kept. */
  readonly roots: ReadonlySet<string>;
}

/**
 * Makes one component of services that fused edges join: one bundle with the modules of each, in which imports
 * between them go through generated modules. Throws TenonError as {@link buildTarget} does.
 */
export function buildFused(fused: FusedServices, context: ServiceContext): Promise<BuiltService> {
  const { component, services } = fused;
  const parts = services.map((service) => partFor(service, fused));
  const world = worldOf(fused);
  const head = services.at(-1)!;
  return buildTarget(
    {
      name: component.name,
      toolchain: 'quickjs',
      bundle: {
        service: component.services.toReversed().join(' + '),
        entry: head.entry,
        adapter: adapterOfParts(parts),
        imports: world.imports,
        base: context.base,
        parts,
      },
      witFor: (imports) => witFor(fused, world, parts, imports),
    },
    context,
  );
}

interface FusedWorld {
  readonly imports: ReadonlySet<string>;
  readonly exports: readonly string[];
}

/** Imports of all services without those that they provide each other; exports that others want. */
function worldOf(fused: FusedServices): FusedWorld {
  const { component, services } = fused;
  const imports = services.flatMap(({ name, world }) => importsOf(name, world, component));
  const exports = services.flatMap((service) => [...exportsOf(service, fused).keys()]);
  return { imports: new Set(imports.toSorted()), exports: [...new Set(exports)].toSorted() };
}

function importsOf(service: string, world: ComponentType, { fused }: PlannedComponent): string[] {
  const inside = new Set(
    fused.filter(({ importer }) => importer === service).map(({ contract }) => contract),
  );
  return [...world.imports].flatMap(([name, extern]) =>
    extern.kind === 'instance' && !inside.has(name) ? [name] : [],
  );
}

/** What components beside it, or a trigger, use of a service. */
function exportsOf(
  { name, world }: SourceService,
  { component, roots }: FusedServices,
): ComponentType['exports'] {
  if (roots.has(name)) return world.exports;
  const wanted = new Set(component.provides.flatMap((one) => (one.service === name ? [one.name] : [])));
  return new Map([...world.exports].filter(([exported]) => wanted.has(exported)));
}

function partFor(service: SourceService, fused: FusedServices): BundlePart {
  const { component, services } = fused;
  const { name, entry, world, worldFile } = service;
  const edges = component.fused.filter(({ importer }) => importer === name);
  const provided = new Set(
    component.fused.flatMap((edge) => (edge.provider === name ? [edge.provided] : [])),
  );
  const exports = exportsOf(service, fused);
  const about = { service: name, entry, worldId: service.encoded.id, worldFile };
  const used = [...world.exports].filter(([exported]) => exports.has(exported) || provided.has(exported));
  return {
    service: name,
    entry,
    imports: new Set(importsOf(name, world, component)),
    guestModules: new Set(),
    fused: new Map(edges.map((edge) => [edge.contract, moduleFor(edge, service, services)])),
    adapter: exports.size > 0 ? adapterOf({ ...about, world: { ...world, exports } }).source : undefined,
    checkExports: adapterOf({ ...about, world: { ...world, exports: new Map(used) } }).checkExports,
  };
}

function moduleFor(
  { importer, provider, contract, provided }: PlannedComponent['fused'][number],
  { world }: SourceService,
  services: readonly SourceService[],
): string {
  const extern = world.imports.get(contract);
  if (extern?.kind !== 'instance') throw new Error(`${importer} does not import ${contract}`);
  const { entry } = services.find(({ name }) => name === provider)!;
  return fusedImport({
    importer,
    provider,
    contract,
    provided,
    type: extern.type,
    modules: {
      entry: partModule(entry, provider),
      codec: contractFile('codec.ts'),
      mismatch: contractFile('mismatch.ts'),
      fuse: guestFile('fused/fuse.ts'),
    },
  });
}

async function witFor(
  { services }: FusedServices,
  world: FusedWorld,
  parts: readonly BundlePart[],
  imports: readonly string[],
): Promise<ToolchainWit> {
  const added = imports.filter((name) => !world.imports.has(name));
  const refused = services.flatMap((service, at) => undeclared(service, parts[at]!, imports));
  if (refused.length > 0) throw new TenonError(refused);
  const worldFiles = services.map(({ worldFile }) => displayPath(worldFile));
  const folders = new Set(services.flatMap(({ witFolders }) => witFolders));
  const text = worldText([...world.imports, ...added], world.exports);
  const contracts = [
    ...(await Promise.all(worldFiles.map(readWitFile))),
    ...(await readWitFolders([...folders])),
  ];
  const combined = unwrap(combineWit({ worldFile: { file: 'tenon:fused', text }, contracts }));
  return { source: combined.text, world: combined.world };
}

/** What of the host a service uses through the guest and does not declare, though another in the bundle may. */
function undeclared(service: SourceService, part: BundlePart, imports: readonly string[]): Diagnostic[] {
  const used = Object.values(PROVIDED).flatMap(({ module, imports: needed = [] }) =>
    part.guestModules.has(guestFile(module)) ? needed : [],
  );
  return [...new Set(used)]
    .filter((name) => imports.includes(name) && !name.startsWith('wasi:') && !service.world.imports.has(name))
    .map((name) => mustDeclare(service, name));
}
