import type { Canon, ComponentSyntax, Definition, Sort, SortIndex } from '../../component/syntax.ts';
import { unexpected } from './engine.ts';

/** What a core instance has by name. */
export type CoreExports = Readonly<Record<string, WebAssembly.ExportValue>>;

/** What a function that the component imports may use: the memory and allocator of whoever calls it. */
export interface CallContext {
  readonly memory: () => WebAssembly.Memory;
  /** Room for so many bytes, in the caller's memory. */
  readonly allocate: (size: number, alignment: number) => number;
}

/** A function at the level of core WebAssembly: flat parameters, and a place for what does not fit in one result. */
export type CoreHost = (...parameters: never[]) => number | bigint | void;

export interface CoreGraphHost {
  /** A function that the component imports: of the instance `from`, or of the component itself. */
  lowered(from: string, name: string, context: CallContext): CoreHost;
  /** A built-in of the canonical ABI, such as `resource.drop`. */
  builtIn(name: string): CoreHost;
}

/** One core instance of a component. */
export interface CoreInstance {
  /** The index of its module, or nothing for one that is put together of others' exports. */
  readonly module?: number;
  readonly exports: CoreExports;
}

interface ComponentFunction {
  readonly from: string;
  readonly name: string;
}

/**
 * Instantiates the core modules of one component as the component says, without its component-level functions: those
 * that it imports come from `host`. `modules` are what it defines, compiled, in order; the answer is in the order of its
 * core instances. Throws TenonError
 * `internal/bug` at what toolchains do not make.
 *
 * Source: component-model, design/mvp/Binary.md, "Core Instance Definitions" and "Canonical Definitions".
 */
export function instantiateCore(
  syntax: ComponentSyntax,
  modules: readonly WebAssembly.Module[],
  host: CoreGraphHost,
): readonly CoreInstance[] {
  const core = new Map<Sort, unknown[]>();
  const instances: CoreInstance[] = [];
  /** The component's functions by index: where those that it imports come from, nothing for others. */
  const functions: (ComponentFunction | undefined)[] = [];
  /** Its instances by index: the names of those that it imports, nothing for others. */
  const imported: (string | undefined)[] = [];

  const space = (sort: Sort): unknown[] => {
    let found = core.get(sort);
    if (!found) core.set(sort, (found = []));
    return found;
  };
  const valueAt = ({ sort, index }: SortIndex): WebAssembly.ExportValue => {
    const found = space(sort)[index];
    if (found === undefined) throw unexpected(`a ${sort} ${index}`, 'none');
    return found as WebAssembly.ExportValue;
  };

  function instance(definition: Definition & { is: 'core-instance' }): CoreInstance {
    if (definition.module === undefined) {
      const values = definition.args.map(({ name, index }) => [name, valueAt(index)] as const);
      return { exports: Object.fromEntries(values) };
    }
    const module = modules[definition.module];
    if (!module) throw unexpected(`a core module ${definition.module}`, 'none');
    const args = definition.args.map(({ name, index }) => [name, instances[index.index]?.exports] as const);
    const made = new WebAssembly.Instance(module, Object.fromEntries(args) as WebAssembly.Imports);
    return { module: definition.module, exports: made.exports };
  }

  function coreFunction(canon: Canon): CoreHost {
    if (canon.name !== 'lower') return host.builtIn(canon.name);
    const called = functions[canon.func ?? -1];
    if (!called) throw unexpected('functions that the component imports', `function ${canon.func}`);
    const option = (name: string): number | undefined =>
      canon.options.find((one) => one.name === name)?.index;
    const memory = option('memory');
    const realloc = option('realloc');
    return host.lowered(called.from, called.name, {
      memory: () => valueAt({ sort: 'core memory', index: memory ?? -1 }) as WebAssembly.Memory,
      allocate: (size, alignment) => {
        const allocate = valueAt({ sort: 'core func', index: realloc ?? -1 }) as (
          ...sizes: number[]
        ) => number;
        return allocate(0, 0, alignment, size);
      },
    });
  }

  function alias(definition: Definition & { is: 'alias' }): void {
    const one = definition.alias;
    if (one.kind === 'core-export') {
      const value = instances[one.instance]?.exports[one.name];
      if (value === undefined) throw unexpected(`an export ${one.name}`, 'none');
      space(one.sort).push(value);
    } else if (one.sort === 'func' && one.kind === 'export') {
      const from = imported[one.instance];
      functions.push(from === undefined ? undefined : { from, name: one.name });
    } else if (one.sort === 'instance') imported.push(undefined);
    else if (one.kind === 'outer' && one.sort.startsWith('core'))
      throw unexpected('no outer core alias', one.sort);
  }

  for (const definition of syntax.sections.flatMap(({ definitions }) => definitions)) {
    switch (definition.is) {
      case 'core-instance':
        instances.push(instance(definition));
        break;
      case 'alias':
        alias(definition);
        break;
      case 'canon':
        if (definition.canon.defines === 'func') functions.push(undefined);
        else space('core func').push(coreFunction(definition.canon));
        break;
      case 'import': {
        const { name } = definition.name;
        if (definition.desc.kind === 'instance') imported.push(name);
        if (definition.desc.kind === 'func') functions.push({ from: '', name });
        break;
      }
      case 'instance':
        imported.push(undefined);
        break;
      case 'export':
        if (definition.index.sort === 'func') functions.push(undefined);
        if (definition.index.sort === 'instance') imported.push(undefined);
        break;
    }
  }
  return instances;
}
