import { coreExports } from '../../binary/core-module.ts';
import { Writer } from '../../binary/writer.ts';
import { readComponent } from '../../component/decode.ts';
import { SECTION, type ComponentSyntax } from '../../component/syntax.ts';
import { unexpected } from './engine.ts';

/** The core modules of a skeleton that the engine is put into, and what runs of them. */
export interface Parts {
  readonly whole: ComponentSyntax;
  /** The component that defines them; others may be around it. */
  readonly inner: ComponentSyntax;
  readonly modules: readonly Uint8Array[];
  /** Indices: the module that has memory and table, the engine, and what binds it to the world. */
  readonly main: number;
  readonly engine: number;
  readonly binding: number;
  /** And WASI's preview 1 by means of preview 2. */
  readonly adapter: number;
}

export const RESET_ADAPTER = 'reset_adapter_state';

/** Takes a skeleton apart. Throws TenonError `internal/bug` at one of another form, Malformed at other bytes. */
export function partsOf(skeleton: Uint8Array): Parts {
  const whole = readComponent(skeleton);
  const inner = componentWithModules(whole);
  const modules = inner.sections
    .filter(({ id }) => id === SECTION.coreModule)
    .map(({ start, end }) => skeleton.subarray(start, end));
  const exported = modules.map((module) => new Set(coreExports(module).map(({ name }) => name)));
  const only = (what: string, test: (names: ReadonlySet<string>) => boolean): number => {
    const found = exported.flatMap((names, at) => (test(names) ? [at] : []));
    if (found.length !== 1) throw unexpected(`one core module ${what}`, `${found.length}`);
    return found[0]!;
  };
  return {
    whole,
    inner,
    modules,
    main: only('with a memory', (names) => names.has('memory') && names.has('__stack_pointer')),
    engine: only('that is the engine', (names) => names.has('wit_dylib_initialize')),
    binding: only(
      'that binds it',
      (names) => names.has('__wasm_call_ctors') && !names.has('wit_dylib_initialize'),
    ),
    adapter: only('that adapts preview 1', (names) => names.has(RESET_ADAPTER)),
  };
}

/** The component that defines most of the core modules: the toolchain nests it in one that answers its own imports. */
function componentWithModules(syntax: ComponentSyntax): ComponentSyntax {
  const own = syntax.sections.filter(({ id }) => id === SECTION.coreModule).length;
  const nested = syntax.sections
    .flatMap(({ definitions }) => definitions)
    .flatMap((definition) =>
      definition.is === 'component' ? [componentWithModules(definition.component)] : [],
    );
  const best = nested.find((one) => one.sections.filter(({ id }) => id === SECTION.coreModule).length > own);
  return best ?? syntax;
}

/** The skeleton with other core modules, in the order of its own. */
export function withModules(
  skeleton: Uint8Array,
  { whole, inner }: Parts,
  modules: readonly Uint8Array[],
): Uint8Array {
  let next = 0;
  const rewritten = (syntax: ComponentSyntax): Writer => {
    const writer = new Writer().bytes(skeleton.subarray(syntax.start, syntax.start + 8));
    for (const { id, header, end, definitions } of syntax.sections) {
      const nested = definitions.find((one) => one.is === 'component');
      if (id === SECTION.coreModule && syntax === inner)
        writer.section(id, new Writer().bytes(modules[next++]!));
      else if (nested) writer.section(id, rewritten(nested.component));
      else writer.bytes(skeleton.subarray(header, end));
    }
    return writer;
  };
  return rewritten(whole).finish();
}
