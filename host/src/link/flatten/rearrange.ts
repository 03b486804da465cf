import type { CoreImport } from '../../binary/core-module.ts';
import { sameBytes } from '../../binary/same-bytes.ts';
import { Writer } from '../../binary/writer.ts';
import {
  definedGlobals,
  exportsOf,
  elementSegments,
  functionTypes,
  ID,
  importsOf,
  section,
  tableMinimums,
} from './core.ts';
import { activeData } from './data.ts';
import { fillingTable, LATE, lateModule, STATE } from './fill-table.ts';
import { NotThisShape } from './not-this-shape.ts';
import { knownGlobals, placedModule, stateModule, type KnownGlobals, type Stub } from './modules.ts';
import {
  references,
  rewire,
  type Alias,
  type CoreInstance,
  type CoreModule,
  type Node,
  type Raw,
} from './nodes.ts';
import { Shape, shimSlots, type Instantiated } from './shape.ts';
import { withoutUnusedImports } from './unused-imports.ts';
import { Circle, ordered } from './write.ts';

export interface Rearranged {
  /** In order. */
  readonly nodes: readonly Node[];
  /** Core instances before and after. */
  readonly instances: readonly [before: number, after: number];
  /** Imports that are gone, by name. */
  readonly dropped: readonly string[];
  readonly lateFunctions: number;
}

export interface Freedom {
  /** Exported functions that nobody will call. */
  readonly hidden: (exportName: string) => boolean;
  /** What an imported function answers, where that is known beforehand: then it is answered inside. */
  readonly answers: (importName: string, functionName: string) => Answer | undefined;
}

/** A trap, or an empty list. */
export type Answer = 'trap' | 'empty';

/** The type of a function that writes what it returns to a place in memory: `(i32) -> ()`. */
const TAKES_PLACE = Uint8Array.of(0x60, 0x01, 0x7f, 0x00);

/**
 * Rearranges the core modules of one component that was linked dynamically: `main` (memory, table, globals, data),
 * a runtime, the world's bindings, a shim for functions that need what is made after them, and a fixup that fills
 * in the shim's table. Afterwards the runtime owns the table, with all its elements in it at constant places;
 * `main` is state only; lowered functions are handed on directly wherever what they need is there by then.
 * The definitions are those of `load`, which are changed in place; so it is called again for another plan. Throws
 * NotThisShape.
 */
export function rearrange(load: () => Node[], freedom: Freedom): Rearranged {
  const late = new Set<number>();
  for (;;) {
    const plan = new Plan(load(), freedom, late);
    try {
      return plan.write();
    } catch (error) {
      if (!(error instanceof Circle)) throw error;
      // More functions that the shim stood for are needed before they can be made: these stay behind a stub too.
      const found = error.nodes.flatMap((node) => plan.slotOf.get(node) ?? []);
      const added = found.filter((slot) => !late.has(slot));
      if (added.length === 0) throw new NotThisShape('its definitions need one another');
      for (const slot of added) late.add(slot);
    }
  }
}

class Plan {
  /** The slot that a function was to be called through, of functions that are handed on directly. */
  readonly slotOf = new Map<Node, number>();
  private readonly nodes: Node[];
  private readonly shape: Shape;
  private readonly late: ReadonlySet<number>;
  private readonly freedom: Freedom;
  private readonly stubs = new Map<string, Stub>();
  private readonly removed = new Set<Node>();

  constructor(nodes: Node[], freedom: Freedom, late: ReadonlySet<number>) {
    this.nodes = nodes;
    this.freedom = freedom;
    this.late = late;
    this.shape = new Shape(nodes);
  }

  write(): Rearranged {
    const { main, runtime, bindings, shim, fixup, adapters } = this.shape.roles();
    for (const one of this.shape.instances) {
      if (section(one.module.bytes, ID.start))
        throw new NotThisShape('its core modules have start functions');
      if (one !== main && activeData(one.module.bytes).count > 0)
        throw new NotThisShape('its libraries have data of their own');
    }

    const mainGlobals = exportedGlobals(main.module.bytes);
    const globalOf = (instance: Instantiated) => (one: CoreImport) => {
      const target = this.shape.target(instance, one);
      return target?.instance === main ? mainGlobals.get(target.name) : undefined;
    };
    const runtimeKnown = knownGlobals(runtime.module.bytes, globalOf(runtime));
    const bindingsKnown = knownGlobals(bindings.module.bytes, globalOf(bindings));
    this.dropTableArgument(runtime, main);
    const [tableSize = 0] = tableMinimums(main.module.bytes);

    // What the fixup writes: into the shim's table what its slots stand for, into the main one what others refer to.
    const slots = new Map<number, Node>();
    const elements: { table: number; offset: number; functions: number[] }[] = [];
    const fixupImports = importsOf(fixup.module.bytes);
    const fixupTables = fixupImports.filter(({ kind }) => kind === 'table');
    const fixupFunctions = fixupImports.filter(({ kind }) => kind === 'func');
    for (const { table, offset, functions } of elementSegments(fixup.module.bytes, new Map())) {
      if (functions.length === 0) continue;
      const into = fixupTables[table] && this.shape.target(fixup, fixupTables[table])?.instance;
      if (into === shim) {
        for (const [at, index] of functions.entries()) {
          const one = fixupFunctions[index];
          if (!one) throw new NotThisShape('its fixup has functions of its own');
          slots.set(offset + at, this.shape.given(fixup, one));
        }
      } else if (into === main) {
        const own = functions.map((index) =>
          this.shape.bindingsFunction(bindings, fixup, fixupFunctions[index]),
        );
        elements.push({ table: 0, offset, functions: own });
      } else throw new NotThisShape('its fixup writes to a table of something else');
    }

    let placedBindings = withoutUnusedImports(
      placedModule(bindings.module.bytes, bindingsKnown, { elements }).finish(),
    );
    const stoodFor = shimSlots(shim);
    const late = new Set([...this.late, ...this.neededByWhatTheyNeed(runtime, shim, stoodFor, slots)]);
    const lateOf = new Map([...late].toSorted((a, b) => a - b).map((slot, at) => [slot, at]));
    const lateTypes: Uint8Array[] = [];
    const lateFunctions: Node[] = [];
    for (const [slot, at] of lateOf) {
      const type = [...stoodFor.values()].find((one) => one.slot === slot)?.type;
      const actual = slots.get(slot);
      if (!type || !actual) throw new NotThisShape('its shim and its fixup do not agree');
      this.stubs.set(`late${at}`, { does: 'forward', type, slot: at });
      lateTypes.push(type);
      lateFunctions.push(actual);
    }

    const replace = (node: Node): Node => {
      if (node.is !== 'alias' || !node.core) return node;
      const { instance, name } = node;
      if (instance === shim) {
        const found = stoodFor.get(name);
        const actual = found && slots.get(found.slot);
        if (!actual) throw new NotThisShape('its shim exports something else');
        const index = lateOf.get(found.slot);
        if (index !== undefined) return this.shape.alias(main, 'core func', `late${index}`);
        const direct = replace(actual);
        this.slotOf.set(direct, found.slot);
        return direct;
      }
      if (adapters.has(instance)) return this.reset(node, main);
      if (instance === main && node.sort === 'core table')
        return this.shape.alias(runtime, 'core table', '__indirect_function_table');
      if (instance === main && node.sort === 'core func') return this.mainFunction(main, name, replace);
      if (instance === bindings && node.sort === 'core func') {
        // What the bindings only pass on is there as soon as the runtime is.
        const exported = exportsOf(bindings.module.bytes).find(
          (one) => one.kind === 'func' && one.name === name,
        );
        const imported =
          exported && importsOf(bindings.module.bytes).filter(({ kind }) => kind === 'func')[exported.index];
        if (imported) return replace(this.shape.given(bindings, imported));
      }
      return node;
    };
    for (const removed of [shim, fixup, ...adapters]) this.removed.add(removed);
    const bindingsImports = importsOf(placedBindings);
    this.answerInside(runtime, importsOf(runtime.module.bytes), main, replace);
    this.answerInside(bindings, bindingsImports, main, replace);
    rewire(this.nodes, replace);
    this.giveOnly(bindings, bindingsImports);
    for (const node of this.nodes)
      if (node.is === 'export' && node.sort === 'func' && this.freedom.hidden(node.name))
        this.removed.add(node);

    const before = this.shape.instances.length;
    main.args = [];
    if (lateTypes.length > 0) {
      const args = [
        { name: LATE, node: gathered(lateFunctions.map(replace)) },
        { name: STATE, node: main },
      ];
      // Once there are bindings, there is nearly always all that such functions need; and nobody has called one yet.
      if (args.some(({ node }) => needs(node, bindings))) this.addLate(lateTypes, args);
      else {
        placedBindings = fillingTable(placedBindings, lateTypes);
        bindings.args = [...bindings.args, ...args];
      }
    }
    const nodes = ordered(this.nodes, (node) => this.isRoot(node));
    // Only now: where the order fails, all is planned anew, and modules are megabytes.
    runtime.module.rewritten = placedRuntime(runtime.module.bytes, runtimeKnown, tableSize);
    bindings.module.rewritten = new Writer().bytes(placedBindings);
    main.module.rewritten = stateModule(main.module.bytes, this.stubs, lateTypes.length);

    for (const node of nodes)
      if (
        node.is === 'alias' &&
        node.instance === main &&
        node.sort === 'core func' &&
        !this.stubs.has(node.name)
      )
        throw new NotThisShape(`it uses ${node.name} of its main module`);
    const after = nodes.filter((node) => node.is === 'core-instance' && node.module).length;
    return {
      nodes,
      instances: [before, after],
      dropped: importsWithout(this.nodes, nodes),
      lateFunctions: lateTypes.length,
    };
  }

  private isRoot(node: Node): boolean {
    if (this.removed.has(node)) return false;
    if (node.is === 'raw') return node.sort === undefined;
    if (node.is === 'core-instance') return node.module !== undefined;
    return node.is === 'export' || (node.is === 'instance' && node.component !== undefined);
  }

  /**
   * Slots of functions that the runtime imports and that allocate in it what they return. Others may turn out to need
   * what needs them; that is planned anew.
   */
  private neededByWhatTheyNeed(
    runtime: Instantiated,
    shim: Instantiated,
    stoodFor: ReadonlyMap<string, { readonly slot: number }>,
    slots: ReadonlyMap<number, Node>,
  ): number[] {
    return importsOf(runtime.module.bytes).flatMap((one) => {
      const target = one.kind === 'func' ? this.shape.target(runtime, one) : undefined;
      const slot = target?.instance === shim ? stoodFor.get(target.name)?.slot : undefined;
      const actual = slot === undefined ? undefined : slots.get(slot);
      if (slot === undefined || actual?.is !== 'lower' || this.answerOf(actual)) return [];
      return actual.options.some(({ name }) => name === 'realloc') ? [slot] : [];
    });
  }

  /**
   * The adapter keeps state of its own, which nothing but its reset is ever called for: without any other use of
   * it, resetting it does nothing that could be seen.
   */
  private reset(node: Alias, main: Instantiated): Node {
    if (node.sort !== 'core func' || node.name !== 'reset_adapter_state')
      throw new NotThisShape('it uses its adapter');
    this.stubs.set('nothing', { does: 'nothing', type: Uint8Array.of(0x60, 0x00, 0x00) });
    return this.shape.alias(main, 'core func', 'nothing');
  }

  /** Of `main`'s functions only the one that it passes on is used, once the adapter is gone. */
  private mainFunction(main: Instantiated, name: string, replace: (node: Node) => Node): Node {
    if (this.stubs.has(name)) return this.shape.alias(main, 'core func', name);
    const exported = exportsOf(main.module.bytes).find((one) => one.kind === 'func' && one.name === name);
    const imported =
      exported && importsOf(main.module.bytes).filter(({ kind }) => kind === 'func')[exported.index];
    if (imported) return replace(this.shape.given(main, imported));
    // Left as it is: only the adapter asked for it, and is dropped with what it is given.
    return this.shape.alias(main, 'core func', name);
  }

  /** What a lowered function, or one that drops a resource, answers, where that is known beforehand. */
  private answerOf(node: Node): Answer | undefined {
    const named = node.is === 'lower' ? node.func : node.is === 'raw' ? dropped(node) : undefined;
    if (named?.is !== 'alias' || named.instance.is !== 'raw') return undefined;
    const { imports } = named.instance;
    return imports === undefined ? undefined : this.freedom.answers(imports, named.name);
  }

  /** Functions whose answer is known are stubs that give it: nothing need be made ready for them in each instance. */
  private answerInside(
    instance: Instantiated,
    imports: readonly CoreImport[],
    main: Instantiated,
    replace: (node: Node) => Node,
  ): void {
    const types = functionTypes(instance.module.bytes);
    for (const one of imports) {
      if (one.kind !== 'func') continue;
      const answer = this.answerOf(replace(this.shape.given(instance, one)));
      const type = types[one.type ?? -1];
      if (!answer || !type || (answer === 'empty' && !sameBytes(type, TAKES_PLACE))) continue;
      const gathered = instance.args.find(({ name }) => name === one.module)?.node;
      if (gathered?.is !== 'core-instance' || gathered.module)
        throw new NotThisShape('it is given whole instances');
      const name = `${answer} ${one.module} ${one.name}`;
      this.stubs.set(name, { does: answer, type });
      gathered.args = gathered.args.map((argument) =>
        argument.name === one.name
          ? { ...argument, node: this.shape.alias(main, 'core func', name) }
          : argument,
      );
    }
  }

  /** An instance is given these imports and no others, so that what they alone needed goes. */
  private giveOnly(instance: Instantiated, imports: readonly CoreImport[]): void {
    instance.args = instance.args.flatMap((argument) => {
      const { name, node } = argument;
      if (node.is !== 'core-instance' || node.module) return [argument];
      const wanted = new Set(imports.flatMap((one) => (one.module === name ? [one.name] : [])));
      if (wanted.size === 0) return [];
      const args = node.args.filter((one) => wanted.has(one.name));
      return [{ name, node: { is: 'core-instance', sort: 'core instance', args } as const }];
    });
  }

  /** The runtime is no longer given the table that is its own now. */
  private dropTableArgument(runtime: Instantiated, main: Instantiated): void {
    const [table, ...more] = importsOf(runtime.module.bytes).filter(({ kind }) => kind === 'table');
    const gathered = runtime.args.find(({ name }) => name === table?.module)?.node;
    if (!table || more.length > 0 || this.shape.target(runtime, table)?.instance !== main)
      throw new NotThisShape('its runtime has no table, or several');
    if (gathered?.is !== 'core-instance' || gathered.module)
      throw new NotThisShape('it is given whole instances');
    gathered.args = gathered.args.filter(({ name }) => name !== table.name);
  }

  /** What fills the table of late functions, in an instance of its own. */
  private addLate(types: readonly Uint8Array[], args: CoreInstance['args']): void {
    const module: CoreModule = { is: 'core-module', sort: 'core module', bytes: lateModule(types) };
    const filler: CoreInstance = { is: 'core-instance', sort: 'core instance', module, args };
    // Before what may call into it: exports and component instances come after all core instances.
    const last = this.nodes.findLastIndex((node) => node.is === 'core-instance');
    this.nodes.splice(last + 1, 0, filler);
  }
}

/** An instance that exports those as `0`, `1`, … */
function gathered(nodes: readonly Node[]): CoreInstance {
  const args = nodes.map((node, at) => ({ name: `${at}`, node }));
  return { is: 'core-instance', sort: 'core instance', args };
}

/** Whether a definition names another one, itself or through those that it names. */
function needs(node: Node, other: Node): boolean {
  const found = new Set([node]);
  for (const one of found) for (const named of references(one)) found.add(named);
  return found.has(other);
}

const PLACED = new WeakMap<Uint8Array, { readonly key: string; readonly module: Writer }[]>();

/** Services of one toolchain have the same runtime at the same place: it is placed once. */
function placedRuntime(module: Uint8Array, known: KnownGlobals, ownTable: number): Writer {
  const key = [ownTable, ...[...known].flat()].join(' ');
  const done = PLACED.get(module) ?? [];
  PLACED.set(module, done);
  let placed = done.find((one) => one.key === key);
  if (!placed) done.push((placed = { key, module: placedModule(module, known, { ownTable }) }));
  return placed.module;
}

/** Imports that are not among those kept, by name. */
export function importsWithout(nodes: readonly Node[], kept: readonly Node[]): string[] {
  const left = new Set(kept);
  return nodes.flatMap((node) =>
    node.is === 'raw' && node.imports !== undefined && !left.has(node) ? [node.imports] : [],
  );
}

/** The resource type that a canonical definition drops, if it is one. */
function dropped({ sort, types }: Raw): Node | undefined {
  return sort === 'core func' ? types?.named().values().next().value : undefined;
}

function exportedGlobals(main: Uint8Array): ReadonlyMap<string, number> {
  const globals = definedGlobals(main, new Map());
  const values = new Map<string, number>();
  for (const { name, kind, index } of exportsOf(main)) {
    const global = kind === 'global' ? globals[index] : undefined;
    if (global && !global.mutable && global.value !== undefined) values.set(name, global.value);
  }
  return values;
}
