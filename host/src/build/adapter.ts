import { parseInterfaceId } from '../component/names.ts';
import type { ComponentType } from '../component/types.ts';
import { witText } from '../component/wit-text.ts';
import { chunksOf } from '../contract/wit-packages.ts';
import { combineWit } from '../contract/wit-source.ts';
import { unwrap } from '../diagnostics/error.ts';
import { adapterModule } from '../generate/adapter-module.ts';
import { worldText } from '../generate/fused-world.ts';
import { messageRoot } from '../generate/message-root.ts';
import { receiverOf } from '../generate/plan-edges.ts';
import { carriedTriggers, type PlannedAdapter } from '../plan/adapters.ts';
import type { Plan } from '../plan/types.ts';
import { adapterOfParts, type BundlePart } from './bundle-parts.ts';
import { generatedImport, importedType, RUNTIME_MODULES } from './generated-import.ts';
import { withGuestIo } from './guest-io.ts';
import type { LoadedService } from './load.ts';
import { buildTarget, type BuiltService, type ServiceContext, type ToolchainWit } from './service.ts';
import { ownWitFolders } from './wit-folders.ts';
import { readWitFolders } from './wit/read.ts';
import { handlersOf } from './world-wit.ts';

/** An adapter and the service beside which it stands. */
export interface AdapterPart {
  readonly adapter: PlannedAdapter;
  readonly service: LoadedService;
  readonly plan: Plan;
}

/** Makes the component of generated modules that a service has beside it. Throws TenonError as {@link buildTarget} does. */
export function buildAdapter(
  { adapter, service, plan }: AdapterPart,
  context: ServiceContext,
): Promise<BuiltService> {
  const { name } = adapter;
  const file = service.toolchain === 'prebuilt' ? service.file : service.worldFile;
  const part =
    adapter.kind === 'calls' ? callsPart(adapter, service, plan) : messagesPart(adapter, service, plan);
  return buildTarget(
    {
      name,
      toolchain: 'quickjs',
      bundle: {
        service: name,
        entry: file,
        adapter: adapterOfParts([part]),
        imports: part.imports,
        base: context.base,
        parts: [part],
      },
      witFor: (imports) => witFor(adapter, service.world, plan, imports),
    },
    context,
  );
}

type Adapter<Kind> = PlannedAdapter & { readonly kind: Kind };

function callsPart(adapter: Adapter<'calls'>, { world }: LoadedService, plan: Plan): BundlePart {
  const { name, edges } = adapter;
  const contracts = edges.map((edge) => ({ contract: edge.contract, type: importedType(world, edge) }));
  return {
    ...emptyPart(name),
    imports: new Set(edges.flatMap((edge) => (edge.placement === 'linked' ? [edge.contract] : []))),
    standIns: new Map(edges.map((edge) => [edge.contract, generatedImport(plan, edge, world)])),
    adapter: adapterModule(contracts, RUNTIME_MODULES),
  };
}

function messagesPart(adapter: Adapter<'messages'>, { world }: LoadedService, plan: Plan): BundlePart {
  const { name, service, contracts } = adapter;
  const receiver = receiverOf(plan, service, world.exports);
  return {
    ...emptyPart(name),
    imports: new Set(contracts),
    root: messageRoot({ service, ...receiver, modules: RUNTIME_MODULES }),
  };
}

/** A part without modules of a service. */
function emptyPart(service: string): BundlePart {
  return {
    service,
    entry: '',
    imports: new Set(),
    guestModules: new Set(),
    standIns: new Map(),
    checkExports: () => [],
  };
}

async function witFor(
  adapter: PlannedAdapter,
  world: ComponentType,
  plan: Plan,
  imports: readonly string[],
): Promise<ToolchainWit> {
  const own = await readWitFolders(await ownWitFolders());
  const declared = new Set(own.flatMap((file) => chunksOf(file).map(({ package: id }) => id)));
  // The component says what its contracts are; of what is everybody's, the declarations here say more.
  const others = (side: ComponentType['imports']): ComponentType['imports'] =>
    new Map([...side].filter(([name]) => !declared.has(packageOf(name))));
  const contracts = witText({ ...world, imports: others(world.imports), exports: others(world.exports) });
  const handlers = adapter.kind === 'calls' ? undefined : handlersOf(carriedTriggers(plan, adapter.service));
  const exported = adapter.kind === 'calls' ? adapter.edges.map(({ contract }) => contract) : [];
  const text = worldText(imports, [...exported, ...(handlers?.exports ?? [])], handlers?.includes);
  const combined = unwrap(
    combineWit({
      worldFile: { file: `tenon:${adapter.name}`, text },
      contracts: [...withGuestIo(own, world), { file: `${adapter.service}/world.wit`, text: contracts }],
    }),
  );
  return { source: combined.text, world: combined.world };
}

/** `fermyon:spin/key-value@2.0.0` → `fermyon:spin@2.0.0`. */
function packageOf(name: string): string | undefined {
  const id = parseInterfaceId(name);
  return id && `${id.namespace}:${id.package}${id.version ? `@${id.version.text}` : ''}`;
}
