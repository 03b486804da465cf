import { Writer } from '../binary/writer.ts';
import type { AnyType } from '../component/substitute.ts';
import { SORT_BYTES } from '../component/opcodes.ts';
import { SECTION } from '../component/syntax.ts';
import type { ExternType, InstanceType } from '../component/types.ts';
import { suppliedImports } from './check.ts';
import { encodeExport, encodeInstanceType, TypeEncoder } from './encode-type.ts';
import type { ExportPlan } from './exports.ts';
import type { FlattenNote } from './flatten/flatten-nodes.ts';
import type { Binding, LinkNode } from './graph.ts';
import { hoistModules, sameComponents, weightOf, type Nested } from './hoist.ts';
import type { MergedImport } from './merge.ts';
import type { TrimNote } from './trim/trim-nodes.ts';
import { linkedPlan, writePlan } from './plan-section.ts';

export interface EmitInput {
  /** Providers before importers. */
  readonly nodes: readonly LinkNode[];
  /** What the result calls itself. */
  readonly name: string;
  readonly imports: readonly MergedImport[];
  readonly instances: ReadonlyMap<string, InstanceType>;
  readonly exports: ExportPlan;
  readonly hoist: boolean;
  /** What became of the core modules before; absent where that pass was off. */
  readonly flatten?: readonly FlattenNote[];
  /** What was unused; absent where that pass was off. */
  readonly trim?: readonly TrimNote[];
}

export interface Emitted {
  readonly bytes: Uint8Array;
  readonly hoistedBytes: number;
}

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];

/** The sorts that cross a component, as in a `sortidx`. */
const { func, value, type, component, instance, 'core module': coreModule } = SORT_BYTES;
const SORT = { 'core-module': coreModule, func, value, type, component, instance } as const;
type Sort = keyof typeof SORT;

interface Item {
  readonly sort: Sort;
  readonly index: number;
}

/**
 * Writes the result: imports, hoisted core modules, the components (each once, however many instances it has),
 * an instance for each node, exports, names. The same input gives the same bytes.
 *
 * Source: component-model, design/mvp/Binary.md.
 */
export function emit(input: EmitInput): Emitted {
  const out = new Outer();
  const imported = new Map<MergedImport, Item>();
  for (const merged of input.imports) imported.set(merged, out.import(merged.name, merged.extern));

  const components = distinctComponents(input.nodes);
  const hoisted = hoistModules(
    components.map(({ nested }) => nested),
    input.hoist,
  );
  for (const module of hoisted.modules) out.coreModule(module);
  for (const component of hoisted.components) out.component(component);

  const componentOf = new Map<string, number>();
  for (const [index, { users }] of components.entries())
    for (const user of users) componentOf.set(user, index);
  const supplied = suppliedImports(input.imports);
  const instanceOf = new Map<string, number>();
  for (const node of input.nodes) {
    const args: { name: string; item: Item }[] = [];
    for (const name of node.signature.imports.keys()) {
      const bound = node.bound.get(name);
      const merged = supplied.get(node.name)?.get(name);
      const item = bound ? bind(bound) : merged && imported.get(merged);
      if (item) args.push({ name, item });
    }
    instanceOf.set(node.name, out.instantiate(componentOf.get(node.name) ?? 0, args));
  }
  for (const { instance, name, as } of input.exports.exports) out.export(as, provided(instance, name));
  out.names(input.name, [
    { sort: SORT['core-module'], names: hoisted.modules.map((_, at) => [at, `shared-${at}`]) },
    { sort: SORT.component, names: components.map(({ users }, at) => [at, users[0] ?? '']) },
    { sort: SORT.instance, names: [...instanceOf].map(([name, index]) => [index, name]) },
  ]);
  const { nodes, imports, exports, flatten, trim } = input;
  const plan = linkedPlan({
    root: input.name,
    nodes,
    imports: imports.map(({ name }) => name),
    exports: exports.exports,
    ...(input.hoist && { hoist: { modules: hoisted.modules.length, savedBytes: hoisted.savedBytes } }),
    ...(flatten && { flatten }),
    ...(trim && { trim }),
  });
  out.custom(writePlan(plan));
  return { bytes: out.finish(), hoistedBytes: hoisted.savedBytes };

  function bind(bound: Binding): Item {
    const item = provided(bound.provider, bound.export);
    return bound.type === undefined ? item : out.alias('type', item.index, bound.type);
  }

  function provided(provider: string, name: string): Item {
    const extern = input.instances.get(provider)?.exports.get(name);
    return out.alias(extern?.kind ?? 'instance', instanceOf.get(provider) ?? 0, name);
  }
}

/** Components in the order of their first instance, with the names of all their instances. */
function distinctComponents(nodes: readonly LinkNode[]): Distinct[] {
  const distinct: Distinct[] = [];
  const byWeight = new Map<number, Distinct[]>();
  for (const node of nodes) {
    const weight = weightOf(node);
    const alike = byWeight.get(weight) ?? [];
    byWeight.set(weight, alike);
    const known = alike.find(({ nested }) => sameComponents(nested, node));
    if (known) {
      known.users.push(node.name);
    } else {
      const one = { nested: node, users: [node.name] };
      alike.push(one);
      distinct.push(one);
    }
  }
  return distinct;
}

interface Distinct {
  readonly nested: Nested;
  readonly users: string[];
}

/** The outer component while it is written: sections so far and the sizes of its index spaces. */
class Outer {
  private readonly out = new Writer().byte(...PREAMBLE);
  private readonly sizes: Record<Sort, number> = {
    'core-module': 0,
    func: 0,
    value: 0,
    type: 0,
    component: 0,
    instance: 0,
  };
  private readonly aliases = new Map<string, Item>();
  /** Where a type of an imported interface can be had by name. */
  private readonly owners = new Map<AnyType, { instance: number; name: string }>();
  private readonly encoder = new TypeEncoder({
    define: (encoded) => this.define(encoded),
    named: (type) => this.ownedType(type),
  });

  finish(): Uint8Array {
    return this.out.finish();
  }

  import(name: string, extern: ExternType): Item {
    const desc = new Writer();
    let named: AnyType | undefined;
    if (extern.kind === 'instance') {
      // By the name that its interface gives a type: WIT knows no interface that uses a type of a world.
      const outer = (wanted: AnyType): number | undefined =>
        this.ownedType(wanted) ?? this.encoder.known(wanted);
      const type = this.define(encodeInstanceType(extern.type, outer));
      desc.byte(...SORT.instance).u32(type);
    } else {
      named = encodeExport(extern, this.encoder, desc);
    }
    this.section(SECTION.import, new Writer().byte(0x00).text(name).append(desc));
    const item: Item = { sort: extern.kind, index: this.sizes[extern.kind]++ };
    if (named) this.encoder.name(named, item.index);
    if (extern.kind === 'instance') this.own(extern.type, item.index);
    return item;
  }

  coreModule(module: Writer): void {
    this.out.section(SECTION.coreModule, module);
    this.sizes['core-module']++;
  }

  component(component: Writer): void {
    this.out.section(SECTION.component, component);
    this.sizes.component++;
  }

  instantiate(component: number, args: readonly { name: string; item: Item }[]): number {
    const contents = new Writer().byte(0x00).u32(component).u32(args.length);
    for (const { name, item } of args)
      contents
        .text(name)
        .byte(...SORT[item.sort])
        .u32(item.index);
    this.section(SECTION.instance, contents);
    return this.sizes.instance++;
  }

  alias(sort: Sort, instance: number, name: string): Item {
    const key = `${instance} ${name}`;
    const known = this.aliases.get(key);
    if (known) return known;
    this.section(
      SECTION.alias,
      new Writer()
        .byte(...SORT[sort], 0x00)
        .u32(instance)
        .text(name),
    );
    const item: Item = { sort, index: this.sizes[sort]++ };
    this.aliases.set(key, item);
    return item;
  }

  export(name: string, item: Item): void {
    this.section(
      SECTION.export,
      new Writer()
        .byte(0x00)
        .text(name)
        .byte(...SORT[item.sort])
        .u32(item.index)
        .byte(0x00),
    );
    // An export is a new index of its sort.
    this.sizes[item.sort]++;
  }

  /** The custom section `component-name`: the component's own name, then those of what it defines. */
  names(
    own: string,
    sorts: readonly { sort: readonly number[]; names: (readonly [index: number, name: string])[] }[],
  ): void {
    const contents = new Writer().text('component-name');
    contents.section(0, new Writer().text(own));
    for (const { sort, names } of sorts) {
      if (names.length === 0) continue;
      const map = new Writer().byte(...sort).u32(names.length);
      for (const [index, name] of names) map.u32(index).text(name);
      contents.section(1, map);
    }
    this.custom(contents);
  }

  custom(contents: Writer): void {
    this.out.section(SECTION.custom, contents);
  }

  private define(encoded: Writer): number {
    this.section(SECTION.type, encoded);
    return this.sizes.type++;
  }

  /** A section of one definition. */
  private section(id: number, definition: Writer): void {
    this.out.section(id, new Writer().u32(1).append(definition));
  }

  private own(type: InstanceType, instance: number): void {
    for (const [name, extern] of type.exports) {
      if (extern.kind === 'type' && !this.owners.has(extern.type))
        this.owners.set(extern.type, { instance, name });
    }
  }

  private ownedType(type: AnyType): number | undefined {
    const owner = this.owners.get(type);
    return owner && this.alias('type', owner.instance, owner.name).index;
  }
}
