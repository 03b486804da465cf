import { fusedImport } from '../generate/fused-import.ts';
import { messageRoot } from '../generate/message-root.ts';
import { receiverOf, teeOf } from '../generate/plan-edges.ts';
import { combineWit } from '../contract/wit-source.ts';
import type { ComponentType } from '../component/types.ts';
import { PROVIDED } from '../../../guest/src/registry.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { TenonError, unwrap } from '../diagnostics/error.ts';
import { carriedContracts, carriedTriggers, isGenerated } from '../plan/adapters.ts';
import type { PlannedComponent } from '../plan/components.ts';
import { isBrokered } from '../plan/travel.ts';
import type { Plan, PlannedEdge } from '../plan/types.ts';
import { adapterOfParts, partModule, type BundlePart } from './bundle-parts.ts';
import { adapterOf } from './entry.ts';
import { generatedImport, importedType, RUNTIME_MODULES } from './generated-import.ts';
import { contractFile, guestFile } from './guest.ts';
import type { SourceService } from './load.ts';
import { withGuestIo } from './guest-io.ts';
import { displayPath } from './places.ts';
import {
  buildTarget,
  mustDeclare,
  type BuiltService,
  type ServiceContext,
  type ToolchainWit,
} from './service.ts';
import { readWitFile, readWitFolders } from './wit/read.ts';
import { handlersOf, worldWit } from './world-wit.ts';

/** Services that become one component with generated modules in it, and what of them others need. */
export interface FusedServices {
  readonly component: PlannedComponent;
  /** Its services, in its order. */
  readonly services: readonly SourceService[];
  /** Roots of units: all that their worlds export is kept. */
  readonly roots: ReadonlySet<string>;
  readonly plan: Plan;
}

/**
 * Makes one component of services that fused edges join, or of one whose calls travel as messages: one bundle with
 * the modules of each, in which imports between them and over brokers go through generated modules. Throws
 * TenonError as {@link buildTarget} does.
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
        imports: new Set(world.imports.keys()),
        base: context.base,
        parts,
      },
      witFor: (imports) => witFor(fused, world, parts, imports),
    },
    context,
  );
}

/** Imports of all services without those that they provide each other or send; exports that others want. */
function worldOf(fused: FusedServices): ComponentType {
  const { services } = fused;
  return {
    ...services[0]!.world,
    imports: new Map(services.flatMap((service) => [...importsOf(service, fused)])),
    exports: new Map(services.flatMap((service) => [...exportsOf(service, fused)])),
  };
}

function importsOf(
  { name, world }: SourceService,
  { component, plan }: FusedServices,
): ComponentType['imports'] {
  const inside = new Set([...component.fused, ...plan.edges.filter(isBrokered)].map(keyOfImport));
  return new Map(
    [...world.imports].filter(([contract]) => !inside.has(keyOfImport({ importer: name, contract }))),
  );
}

function keyOfImport({ importer, contract }: Pick<PlannedEdge, 'importer' | 'contract'>): string {
  return `${importer} ${contract}`;
}

/** What components beside it, or a trigger, use of a service. */
function exportsOf(
  { name, world }: SourceService,
  { component, roots, plan }: FusedServices,
): ComponentType['exports'] {
  const wanted = new Set(component.provides.flatMap((one) => (one.service === name ? [one.name] : [])));
  const carried = carriedContracts(plan, name);
  const keep = (exported: string): boolean =>
    wanted.has(exported) || (roots.has(name) && !carried.has(exported));
  return new Map([...world.exports].filter(([exported]) => keep(exported)));
}

function partFor(service: SourceService, fused: FusedServices): BundlePart {
  const { component, plan } = fused;
  const { name, entry, world, worldFile } = service;
  const edges = new Map(
    [...plan.edges.filter(isGenerated), ...component.fused].map((edge) => [keyOfImport(edge), edge]),
  );
  const own = [...edges.values()].filter(({ importer }) => importer === name);
  const provided = new Set([
    ...component.fused.flatMap((edge) => (edge.provider === name ? [edge.provided] : [])),
    ...carriedContracts(plan, name),
  ]);
  const exports = exportsOf(service, fused);
  const about = { service: name, entry, worldId: service.encoded.id, worldFile };
  const used = [...world.exports].filter(([exported]) => exports.has(exported) || provided.has(exported));
  const receiver = receiverOf(plan, name, world.exports);
  return {
    service: name,
    entry,
    imports: new Set(importsOf(service, fused).keys()),
    guestModules: new Set(),
    standIns: new Map(own.map((edge) => [edge.contract, moduleFor(edge, service, fused)])),
    adapter: exports.size > 0 ? adapterOf({ ...about, world: { ...world, exports } }).source : undefined,
    root:
      receiver &&
      messageRoot({ service: name, entry: partModule(entry, name), ...receiver, modules: RUNTIME_MODULES }),
    checkExports: adapterOf({ ...about, world: { ...world, exports: new Map(used) } }).checkExports,
  };
}

/** The module that stands for an import: the provider itself, or one that sends, either with copies. */
function moduleFor(edge: PlannedEdge, { world }: SourceService, { services, plan }: FusedServices): string {
  if (edge.placement !== 'fused') return generatedImport(plan, edge, world);
  const { importer, provider, contract, provided } = edge;
  const { entry } = services.find(({ name }) => name === provider)!;
  const tee = teeOf(plan, edge);
  return fusedImport({
    importer,
    provider,
    contract,
    provided,
    type: importedType(world, edge),
    modules: {
      entry: partModule(entry, provider),
      codec: contractFile('codec.ts'),
      mismatch: contractFile('mismatch.ts'),
      fuse: guestFile('fused/fuse.ts'),
    },
    ...(tee && { tee: { copies: tee, modules: RUNTIME_MODULES } }),
  });
}

async function witFor(
  fused: FusedServices,
  world: ComponentType,
  parts: readonly BundlePart[],
  imports: readonly string[],
): Promise<ToolchainWit> {
  const { services, plan } = fused;
  const added = imports.filter((name) => !world.imports.has(name));
  const refused = services.flatMap((service, at) => undeclared(service, parts[at]!, imports));
  if (refused.length > 0) throw new TenonError(refused);
  const worldFiles = services.map(({ worldFile }) => displayPath(worldFile));
  const folders = new Set(services.flatMap(({ witFolders }) => witFolders));
  const handlers = handlersOf(services.flatMap(({ name }) => carriedTriggers(plan, name)));
  const text = worldWit(world, added, handlers);
  const contracts = [
    ...(await Promise.all(worldFiles.map(readWitFile))),
    ...(await readWitFolders([...folders])),
  ];
  const worldFile = { file: 'tenon:fused', text };
  const combined = unwrap(combineWit({ worldFile, contracts: withGuestIo(contracts, world) }));
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
