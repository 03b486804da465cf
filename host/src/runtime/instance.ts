import { createCardMarks, MARKS_PREFIX } from './cards.ts';
import type { HandleLedger } from './handles.ts';
import { createFastIntrinsics, type CoreImports } from './intrinsics.ts';
import { takeSnapshot, type CoreState, type Snapshot } from './reset.ts';

/** Makes an instance of a transpiled component: what its glue module exports. */
export type Instantiate = (
  getCoreModule: (name: string) => WebAssembly.Module,
  imports: Readonly<Record<string, unknown>>,
  instantiateCore: (module: WebAssembly.Module, imports?: CoreImports) => WebAssembly.Instance,
) => Readonly<Record<string, unknown>>;

export interface InstanceOptions {
  readonly instantiate: Instantiate;
  readonly modules: ReadonlyMap<string, WebAssembly.Module>;
  /** Interfaces in the form of the glue, see importsFor. */
  readonly imports: Readonly<Record<string, unknown>>;
  readonly fastIntrinsics: boolean;
  /** Whether to keep what a reset needs. */
  readonly resettable: boolean;
  readonly ledger: HandleLedger;
}

/** One instance of a unit: its exports, and how to make it as new. */
export interface UnitInstance {
  readonly exports: Readonly<Record<string, unknown>>;
  /** What it was like when made; absent where that is unknown or not enough. */
  readonly snapshot?: Snapshot;
}

export function createInstance(options: InstanceOptions): UnitInstance {
  const { instantiate, modules, imports, resettable, ledger } = options;
  const marks = createCardMarks();
  const fast = options.fastIntrinsics ? createFastIntrinsics() : undefined;
  const memories = new Set<WebAssembly.Memory>();
  const globals = new Set<WebAssembly.Global>();
  const collect = (values: Readonly<Record<string, unknown>>): void => {
    for (const [name, value] of Object.entries(values)) {
      if (name.startsWith(MARKS_PREFIX)) continue;
      if (value instanceof WebAssembly.Memory) memories.add(value);
      else if (value instanceof WebAssembly.Global) globals.add(value);
    }
  };

  const instantiateCore = (module: WebAssembly.Module, given?: CoreImports): WebAssembly.Instance => {
    // Passed in: the flags of component instances, which the glue itself owns.
    if (resettable && given) for (const group of Object.values(given)) collect(group);
    const coreImports = marks.imports(module, fast && given ? fast.replace(given) : given);
    const instance = new WebAssembly.Instance(module, coreImports as WebAssembly.Imports | undefined);
    fast?.exported(instance.exports);
    marks.exported(instance.exports);
    if (resettable) collect(instance.exports);
    return instance;
  };
  const exports = instantiate(
    (name) => {
      const module = modules.get(name);
      if (!module) throw new Error(`the glue asks for an unknown core module ${name}`);
      return module;
    },
    imports,
    Object.assign(instantiateCore, { marks }),
  );
  // What an instance holds from its first moment would look like a leak of its first event.
  if (!resettable || ledger.live() > 0) return { exports };
  const state: CoreState = { memories: [...memories], globals: [...globals].filter(isMutable) };
  return { exports, snapshot: takeSnapshot(state, marks.of) };
}

/** Writing an immutable global throws; writing its own value to a mutable one changes nothing. */
function isMutable(global: WebAssembly.Global): boolean {
  try {
    const { value } = global;
    global.value = value;
    return true;
  } catch {
    return false;
  }
}
