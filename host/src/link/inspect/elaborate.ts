import { Malformed } from '../../binary/malformed.ts';
import type { Alias, ComponentSyntax, Definition, Sort, SortIndex } from '../../component/syntax.ts';
import { readNames } from './names.ts';

/** One component instance as it would come to be, with what is instantiated inside it. */
export interface InstanceNode {
  readonly name: string;
  /** The component that it is an instance of: its name, and where it begins in the file (not for an import). */
  readonly component: string;
  readonly start?: number;
  readonly args: readonly { readonly name: string; readonly item: Item }[];
  readonly children: readonly InstanceNode[];
  /** The core modules that it instantiates itself, by where they begin in the file; undefined for an import. */
  readonly modules: readonly (number | undefined)[];
}

/** What an index stands for, as far as wiring asks. */
export interface Item {
  readonly kind: Space;
  /** Whose export it is, or which import of the component. */
  readonly from?: { readonly node: InstanceNode } | { readonly import: string };
  readonly exports?: ReadonlyMap<string, Item>;
  /** For a core module: where it begins in the file. */
  readonly module?: number;
  readonly component?: { readonly syntax: ComponentSyntax; readonly scope: Scope; readonly name: string };
}

interface MutableNode extends InstanceNode {
  readonly args: { readonly name: string; readonly item: Item }[];
  readonly children: MutableNode[];
  readonly modules: (number | undefined)[];
}

/** A runtime would refuse far fewer; this bounds what a hostile component can ask for. */
const MOST_INSTANCES = 20_000;
const DEEPEST = 200;

/**
 * Instantiates a component as a runtime would, without running anything: which instances there are, who is
 * given what of whom, and which core modules are instantiated how often. Throws Malformed for indices that lead
 * nowhere and for more instances than any runtime takes.
 */
export function elaborate(bytes: Uint8Array, component: ComponentSyntax): InstanceNode {
  const root = node(readNames(bytes, component).own ?? '', '', component.start);
  const budget = { left: MOST_INSTANCES };
  new Scope(bytes, component, root, undefined, budget, 0).run(new Map());
  return root;
}

function node(name: string, component: string, start: number | undefined): MutableNode {
  return { name, component, args: [], children: [], modules: [], ...(start !== undefined && { start }) };
}

/** The index spaces that wiring asks of; all else is `other`. */
type Space = 'module' | 'component' | 'instance' | 'func' | 'other';

class Scope {
  readonly parent: Scope | undefined;
  private readonly bytes: Uint8Array;
  private readonly syntax: ComponentSyntax;
  private readonly owner: MutableNode;
  private readonly budget: { left: number };
  private readonly depth: number;
  private readonly names: ReturnType<typeof readNames>;
  private readonly spaces: Record<Space, Item[]> = {
    module: [],
    component: [],
    instance: [],
    func: [],
    other: [],
  };
  private readonly exports = new Map<string, Item>();

  constructor(
    bytes: Uint8Array,
    syntax: ComponentSyntax,
    owner: MutableNode,
    parent: Scope | undefined,
    budget: { left: number },
    depth: number,
  ) {
    this.bytes = bytes;
    this.syntax = syntax;
    this.owner = owner;
    this.parent = parent;
    this.budget = budget;
    this.depth = depth;
    this.names = readNames(bytes, syntax);
  }

  run(args: ReadonlyMap<string, Item>): ReadonlyMap<string, Item> {
    for (const section of this.syntax.sections) {
      for (const definition of section.definitions) this.define(definition, args);
    }
    return this.exports;
  }

  private define(definition: Definition, args: ReadonlyMap<string, Item>): void {
    const { offset } = definition;
    switch (definition.is) {
      case 'import': {
        const { name } = definition.name;
        const space = DESCRIBED[definition.desc.kind] ?? 'other';
        this.push(space, args.get(name) ?? { kind: space, from: { import: name } });
        return;
      }
      case 'core-module':
        return this.push('module', { kind: 'module', module: definition.start });
      case 'core-instance':
        if (definition.module !== undefined) {
          this.spend(offset);
          this.owner.modules.push(this.at('module', definition.module, offset).module);
        }
        return;
      case 'component': {
        const index = this.spaces.component.length;
        const own = readNames(this.bytes, definition.component).own;
        const name = this.names.components.get(index) ?? own ?? `component-${index}`;
        return this.push('component', {
          kind: 'component',
          component: { syntax: definition.component, scope: this, name },
        });
      }
      case 'instance':
        return this.push('instance', this.instance(definition));
      case 'alias':
        return this.alias(definition.alias, offset);
      case 'export': {
        const item = this.item(definition.index, offset);
        this.exports.set(definition.name.name, item);
        return this.push(spaceOf(definition.index.sort), item);
      }
      case 'canon':
        if (definition.canon.defines === 'func') this.push('func', { kind: 'func' });
        return;
      case 'type':
      case 'value':
      case 'start':
      case 'core-type':
      case 'custom':
    }
  }

  private instance(definition: Definition & { is: 'instance' }): Item {
    const { offset } = definition;
    const given = definition.args.map(({ name, index }) => ({ name, item: this.item(index, offset) }));
    const args = new Map(given.map(({ name, item }) => [name, item]));
    if (definition.component === undefined) return { kind: 'instance', exports: args };
    const { component } = this.at('component', definition.component, offset);
    const index = this.spaces.instance.length;
    const name = this.unusedName(this.names.instances.get(index) ?? component?.name ?? `instance-${index}`);
    const child = node(name, component?.name ?? 'imported', component?.syntax.start);
    child.args.push(...given);
    this.owner.children.push(child);
    this.spend(offset);
    if (!component) return { kind: 'instance', from: { node: child } };
    if (this.depth >= DEEPEST) throw new Malformed('limit', 'instances nest too deep', offset);
    const inner = new Scope(
      this.bytes,
      component.syntax,
      child,
      component.scope,
      this.budget,
      this.depth + 1,
    );
    const exports = new Map<string, Item>();
    for (const [exported, item] of inner.run(args)) exports.set(exported, { ...item, from: { node: child } });
    return { kind: 'instance', from: { node: child }, exports };
  }

  private unusedName(wanted: string): string {
    const taken = new Set(this.owner.children.map((child) => child.name));
    let name = wanted;
    for (let n = 2; taken.has(name); n++) name = `${wanted}-${n}`;
    return name;
  }

  private alias(alias: Alias, offset: number): void {
    const space = spaceOf(alias.sort);
    if (space === 'other') return;
    if (alias.kind !== 'outer') {
      // What a core instance exports is in the core spaces only.
      if (alias.kind === 'core-export') return;
      const instance = this.at('instance', alias.instance, offset);
      const inner = instance.exports?.get(alias.name);
      return this.push(space, inner ?? { kind: space, ...(instance.from && { from: instance.from }) });
    }
    const scope = this.ancestor(alias.count);
    if (!scope) throw new Malformed('invalid', 'an alias leads out of the component', offset);
    this.push(space, scope.at(space, alias.index, offset));
  }

  private ancestor(count: number): Scope | undefined {
    return count === 0 ? this : this.parent?.ancestor(count - 1);
  }

  private item({ sort, index }: SortIndex, offset: number): Item {
    const space = spaceOf(sort);
    return space === 'other' ? { kind: 'other' } : this.at(space, index, offset);
  }

  private at(space: Space, index: number, offset: number): Item {
    const item = this.spaces[space][index];
    if (!item) throw new Malformed('invalid', `there is no ${space} ${index}`, offset);
    return item;
  }

  private push(space: Space, item: Item): void {
    if (space !== 'other') this.spaces[space].push(item);
  }

  private spend(offset: number): void {
    if (this.budget.left-- <= 0) throw new Malformed('limit', 'too many instances', offset);
  }
}

const DESCRIBED: Readonly<Record<string, Space>> = {
  'core-module': 'module',
  component: 'component',
  instance: 'instance',
  func: 'func',
};

function spaceOf(sort: Sort): Space {
  if (sort === 'core module') return 'module';
  return sort === 'component' || sort === 'instance' || sort === 'func' ? sort : 'other';
}

/** Whether an instance runs code of its own: what toolchains wrap exports in does not. */
export function hasCode(instance: InstanceNode): boolean {
  return instance.modules.length > 0 || instance.children.some(hasCode);
}
