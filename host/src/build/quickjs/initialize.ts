import { coreMemories } from '../../binary/core-module.ts';
import { instantiateCore, type CoreExports } from './core-graph.ts';
import { unexpected } from './engine.ts';
import { clearFree } from './free-memory.ts';
import { partsOf, RESET_ADAPTER, withModules } from './parts.ts';
import {
  exportedNumbers,
  globalValues,
  initialMemory,
  observable,
  withGlobals,
  withIdle,
  withMemory,
  withMemoryLimit,
  withoutStart,
} from './snapshot.ts';
import { SHIM_AT } from './stand-in.ts';
import { HostCall, worldWhileBuilt } from './world-while-built.ts';

export interface InitializeRequest {
  /** What the toolchain made with the engine's stand-in. */
  readonly skeleton: Uint8Array;
  readonly engine: Uint8Array;
  /** JavaScript, an ES module. */
  readonly source: string;
  /** The module's name in stack traces. */
  readonly name: string;
  /** What clocks say meanwhile, ms since 1970. */
  readonly now: number;
}

/** Part of the key of what is built: raise it when the snapshot becomes another one. */
export const SNAPSHOT_VERSION = 3;

const PAGE = 65_536;
/** Of the stack, and of what a library has in memory. */
const ALIGNMENT = 16;

/** More memory than this is a mistake of top-level code, which an error ends before the machine is out of it: 1 GiB. */
const MOST_PAGES = 16_384;

/**
 * What is left of the stack for the engine's own calls, in bytes; see docs/adr/0014. Wasmtime, which gives a guest 512
 * KiB of native stack for the same calls, and Spin with it, run out of that first when JavaScript calls itself without
 * end. Each byte of this one is written anew after each event there.
 */
export const STACK = 232 * 1024;

/**
 * Puts the engine into a skeleton, has it run the module's top-level code in this thread, and returns the component
 * with the state after that, as componentize-qjs would. Throws an Error with the engine's message where the code
 * throws, HostCall where it calls what is not there yet, TenonError `internal/bug` at a skeleton of another form.
 *
 * Source: componentize-qjs 0.4, crates/core/src/lib.rs, and wit-component's linking of dynamic libraries.
 */
export function initialize(request: InitializeRequest): Uint8Array {
  const { skeleton, engine } = request;
  const parts = partsOf(skeleton);
  const main = parts.modules[parts.main]!;
  const numbers = exportedNumbers(main);
  const number = (name: string): number => {
    const found = numbers.get(name)?.value;
    if (found === undefined) throw unexpected(`a number ${name}`, 'none');
    return found;
  };
  const shim = shimIn(main, number('componentize_qjs_runtime.wasm:memory_base'));
  const modules = parts.modules.with(parts.main, withSmallerStack(main, numbers));
  const running = modules.map((module, at) => {
    if (at === parts.engine) return engine;
    if (at === parts.main) return observable(withMemoryLimit(module, MOST_PAGES));
    // It would take 64 KiB for a state that nothing uses: the engine calls no other function of preview 1.
    return observable(at === parts.adapter ? withIdle(module, RESET_ADAPTER) : module);
  });

  const world = worldWhileBuilt(request.now);
  const instances = instantiateCore(parts.inner, running.map(compiled(engine)), world);
  const exportsOf = (module: number): CoreExports => {
    const found = instances.find((one) => one.module === module);
    if (!found) throw unexpected('an instance of each core module', 'none');
    return found.exports;
  };
  const exports = {
    main: exportsOf(parts.main),
    engine: exportsOf(parts.engine),
    binding: exportsOf(parts.binding),
  };
  run(exports, { shim, source: request.source, path: `/${request.name}.js` }, world.output);

  const memory = new Uint8Array((exports.main['memory'] as WebAssembly.Memory).buffer);
  // What calls have left on the stack is nothing any more.
  memory.fill(0, 0, STACK);
  clearFree(memory, exportedNumbers(modules[parts.main]!).get('__heap_base')!.value);
  const finished = modules.map((module, at) => {
    if (at === parts.engine) return withoutStart(engine);
    const values = globalValues(module, exportsOf(at));
    const kept = withGlobals(module, values);
    return at === parts.main ? withMemory(kept, memory) : kept;
  });
  return withModules(skeleton, parts, finished);
}

/**
 * Stack and data lie where the toolchain's linker puts them: a stack of 1 MiB that ends at zero, the libraries' data
 * above it, then the heap. Everything above the stack is moved down, so that less is left of the stack. That must
 * happen before the libraries are told where they are, by `run`: afterwards memory is full of places.
 */
function withSmallerStack(
  main: Uint8Array,
  numbers: ReadonlyMap<string, { index: number; value: number }>,
): Uint8Array {
  const stack = numbers.get('__stack_pointer')?.value ?? 0;
  const end = numbers.get('__heap_end')?.value ?? 0;
  const less = stack - STACK;
  if (less < 0 || less % ALIGNMENT !== 0 || end % PAGE !== 0)
    throw unexpected(`${STACK} bytes of stack or more`, `${stack}`);
  const places = [...numbers].filter(([name]) => PLACE.test(name));
  const moved = new Map(places.map(([, { index, value }]) => [index, value - less]));
  // The heap ends where memory does, which has whole pages.
  const memory = new Uint8Array(Math.ceil((end - less) / PAGE) * PAGE);
  memory.set(initialMemory(main, end).subarray(less));
  moved.set(numbers.get('__heap_end')!.index, memory.length);
  return withMemory(withGlobals(main, moved), memory);
}

/** Numbers of the main module that are places in memory; tables' are not. */
const PLACE = /^__stack_pointer$|^__heap_(?:base|end)$|:memory_base$/;

/** Compiling the engine takes longer than running it, and it is the same for every service. */
function compiled(engine: Uint8Array): (module: Uint8Array) => WebAssembly.Module {
  return (module) => {
    if (module !== engine) return new WebAssembly.Module(module as BufferSource);
    engineCode ??= new WebAssembly.Module(module as BufferSource);
    return engineCode;
  };
}
let engineCode: WebAssembly.Module | undefined;

/** The text that the toolchain initializes the engine with, before the service's own; the stand-in has kept it. */
function shimIn(main: Uint8Array, engineBase: number): string {
  const pages = coreMemories(main)[0]?.minimum ?? 0;
  const memory = initialMemory(main, pages * PAGE);
  const view = new DataView(memory.buffer);
  const place = view.getUint32(engineBase + SHIM_AT, true);
  const length = view.getUint32(engineBase + SHIM_AT + 4, true);
  return Buffer.from(memory.subarray(place, place + length)).toString();
}

interface Exports {
  readonly main: CoreExports;
  readonly engine: CoreExports;
  readonly binding: CoreExports;
}

type Call = (...parameters: number[]) => number;

/** What the toolchain has the libraries do before anything else, and then the engine's own `init`. */
function run(
  exports: Exports,
  given: { shim: string; source: string; path: string },
  output: () => string,
): void {
  const call = (of: keyof Exports, name: string): Call => exports[of][name] as Call;
  const memory = exports.main['memory'] as WebAssembly.Memory;
  call('engine', '__wasm_apply_data_relocs')();
  call('binding', '__wasm_apply_data_relocs')();
  call('binding', '__wasm_call_ctors')();
  const text = (value: string): [place: number, length: number] => {
    const bytes = Buffer.from(value);
    const place = call('engine', 'cabi_realloc')(0, 0, 1, bytes.length);
    new Uint8Array(memory.buffer).set(bytes, place);
    return [place, bytes.length];
  };
  // init: func(shim: string, script: string, entry-path: option<string>, disable-gc: bool) -> result<_, string>
  let answer: number;
  try {
    answer = call('engine', 'init')(...text(given.shim), ...text(given.source), 1, ...text(given.path), 0);
  } catch (error) {
    if (error instanceof HostCall) throw error;
    // In the engine's words for what code throws: a trap is what is left of it when it calls itself without end.
    const trap = `wasm trap: ${(error as Error).message}`;
    throw new Error(`${output()}: Failed to finish JavaScript module evaluation: ${trap}`, { cause: error });
  }
  const view = new DataView(memory.buffer);
  if (view.getUint8(answer) !== 0) {
    const place = view.getUint32(answer + 4, true);
    const message = Buffer.from(memory.buffer, place, view.getUint32(answer + 8, true)).toString();
    throw new Error(`${output()}: ${message}`);
  }
  call('engine', 'cabi_post_init')(answer);
}
