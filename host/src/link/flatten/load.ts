import { Malformed } from '../../binary/malformed.ts';
import { Reader } from '../../binary/reader.ts';
import { Writer } from '../../binary/writer.ts';
import { isWritable, writeExternDesc, writeTypeDef, type IndexOf } from '../../component/encode-type-def.ts';
import {
  type Canon,
  type ComponentSyntax,
  type Declaration,
  type Definition,
  type ExternDesc,
  type Section,
  type Sort,
  type SortIndex,
} from '../../component/syntax.ts';
import { readExternName } from '../../component/decode-type.ts';
import { KnownModules } from './known-modules.ts';
import { NotThisShape } from './not-this-shape.ts';
import type { Alias, Component, Node, Option, Typed } from './nodes.ts';

const RESOURCE_BUILT_INS = new Set(['resource.new', 'resource.drop', 'resource.rep']);

/**
 * The definitions of one component, not of those nested in it, as a graph. The section of names is left out: its
 * indices would no longer hold. Throws NotThisShape at what it cannot express. Core modules that are in `modules` are
 * the views there, so that what was found out about one is known of its likes.
 */
export function loadComponent(
  bytes: Uint8Array,
  syntax: ComponentSyntax,
  modules = new KnownModules(),
): Node[] {
  const loader = new Loader(bytes, modules);
  for (const section of syntax.sections) {
    for (const [at, definition] of section.definitions.entries()) {
      loader.add(section, definition, section.definitions[at + 1]?.offset ?? section.end);
    }
  }
  return loader.nodes;
}

class Loader {
  readonly nodes: Node[] = [];
  private readonly bytes: Uint8Array;
  private readonly modules: KnownModules;
  private readonly spaces = new Map<Sort, Node[]>();

  constructor(bytes: Uint8Array, modules: KnownModules) {
    this.bytes = bytes;
    this.modules = modules;
  }

  add(section: Section, definition: Definition, end: number): void {
    const node = this.node(section, definition, this.bytes.subarray(definition.offset, end));
    if (!node) return;
    this.nodes.push(node);
    if (node.sort) this.space(node.sort).push(node);
  }

  private node(section: Section, definition: Definition, raw: Uint8Array): Node | undefined {
    switch (definition.is) {
      case 'custom':
        if (definition.name === 'component-name') return undefined;
        return { is: 'raw', section: section.id, bytes: this.bytes.subarray(section.start, section.end) };
      case 'core-module':
        return { is: 'core-module', sort: 'core module', bytes: this.modules.like(raw) };
      case 'core-instance': {
        const args = definition.args.map(({ name, index }) => ({ name, node: this.at(index) }));
        if (definition.module === undefined) return { is: 'core-instance', sort: 'core instance', args };
        const module = this.get('core module', definition.module);
        if (module.is !== 'core-module')
          throw new NotThisShape('it instantiates a core module from elsewhere');
        return { is: 'core-instance', sort: 'core instance', module, args };
      }
      case 'alias': {
        const { alias } = definition;
        if (alias.kind === 'outer') return { is: 'raw', section: section.id, bytes: raw, sort: alias.sort };
        const core = alias.kind === 'core-export';
        const instance = this.get(core ? 'core instance' : 'instance', alias.instance);
        return { is: 'alias', sort: alias.sort, core, instance, name: alias.name } satisfies Alias;
      }
      case 'canon':
        return this.canon(section, definition.canon, raw);
      case 'component':
        noOuterAliases(definition.component);
        return {
          is: 'component',
          sort: 'component',
          syntax: definition.component,
          bytes: raw,
        } satisfies Component;
      case 'instance': {
        const reader = new Reader(raw);
        const instantiates = reader.byte() === 0x00;
        if (instantiates) reader.u32();
        reader.u32();
        const args = definition.args.map(({ name, index }) => {
          const start = reader.offset;
          if (!instantiates) skipName(reader);
          else reader.text();
          const argument = { name, raw: raw.subarray(start, reader.offset), node: this.at(index) };
          skipSort(reader);
          reader.u32();
          return argument;
        });
        if (definition.component === undefined) return { is: 'instance', sort: 'instance', args };
        const component = this.get('component', definition.component);
        if (component.is !== 'component')
          throw new NotThisShape('it instantiates a component from elsewhere');
        return { is: 'instance', sort: 'instance', component, args };
      }
      case 'type': {
        const { type } = definition;
        if (type.kind === 'resource') return this.resource(section, raw);
        if (!isWritable(type)) throw new NotThisShape('it has types of core modules');
        const typed = this.typed(raw, (out, indexOf) => writeTypeDef(out, type, indexOf));
        return { is: 'raw', section: section.id, sort: 'type', ...typed };
      }
      case 'import': {
        const { desc } = definition;
        const sort = IMPORT_SORT[desc.kind];
        if (!sort) throw new NotThisShape(`it imports a ${desc.kind}`);
        const typed = this.described(raw, desc);
        return { is: 'raw', section: section.id, sort, imports: definition.name.name, ...typed };
      }
      case 'export': {
        const reader = new Reader(raw);
        skipName(reader);
        const rawName = raw.subarray(0, reader.offset);
        skipSort(reader);
        reader.u32();
        const rest = raw.subarray(reader.offset);
        const { index, desc, name } = definition;
        const ascribed = desc
          ? this.typed(rest, (out, indexOf) => writeExternDesc(out.byte(0x01), desc, indexOf))
          : { bytes: rest };
        return { is: 'export', sort: index.sort, name: name.name, rawName, node: this.at(index), ascribed };
      }
      default:
        throw new NotThisShape(`it has a definition of the kind ${definition.is}`);
    }
  }

  private canon(section: Section, canon: Canon, raw: Uint8Array): Node {
    const options = canon.options.map((option) => this.option(option.name, option.index));
    const { func, type } = canon;
    if (canon.name === 'lift' && func !== undefined && type !== undefined) {
      const lifted = this.get('core func', func);
      return { is: 'lift', sort: 'func', func: lifted, options, type: this.get('type', type) };
    }
    if (canon.name === 'lower' && func !== undefined) {
      return { is: 'lower', sort: 'core func', func: this.get('func', func), options };
    }
    if (!RESOURCE_BUILT_INS.has(canon.name) || type === undefined)
      throw new NotThisShape(`it uses ${canon.name}`);
    const typed = this.typed(raw, (out, indexOf) => out.bytes(raw.subarray(0, 1)).u32(indexOf(type)));
    return { is: 'raw', section: section.id, sort: 'core func', ...typed };
  }

  private option(name: Option['name'], index: number | undefined): Option {
    switch (name) {
      case 'utf8':
      case 'utf16':
      case 'latin1+utf16':
        return { name };
      case 'memory':
        return { name, node: this.get('core memory', index) };
      case 'realloc':
      case 'post-return':
        return { name, node: this.get('core func', index) };
      default:
        throw new NotThisShape(`it has functions with the option ${name}`);
    }
  }

  /** A resource that the component defines itself: `0x3f rep (0x00 | 0x01 destructor)`. */
  private resource(section: Section, raw: Uint8Array): Node {
    const reader = new Reader(raw);
    if (reader.byte() !== 0x3f) throw new NotThisShape('it has a resource with an async destructor');
    reader.byte();
    const node = { is: 'raw', section: section.id, sort: 'type' } as const;
    if (reader.byte() === 0x00) return { ...node, bytes: raw };
    const before = raw.subarray(0, reader.offset);
    return { ...node, bytes: before, destructor: this.get('core func', reader.u32()) };
  }

  private at(index: SortIndex): Node {
    return this.get(index.sort, index.index);
  }

  private get(sort: Sort, index: number | undefined): Node {
    const node = index === undefined ? undefined : this.space(sort)[index];
    if (!node) throw new Malformed('invalid', `there is no ${sort} ${index ?? ''}`, 0);
    return node;
  }

  private described(raw: Uint8Array, desc: ExternDesc): Typed {
    const reader = new Reader(raw);
    readExternName(reader);
    const name = raw.subarray(0, reader.offset);
    return this.typed(raw, (out, indexOf) => writeExternDesc(out.bytes(name), desc, indexOf));
  }

  /** Bytes as they are, with the types that whoever writes them anew asks for. */
  private typed(bytes: Uint8Array, write: (out: Writer, indexOf: IndexOf) => void): Typed {
    let known: Map<number, Node> | undefined;
    const there = this.space('type').length;
    const named = (): ReadonlyMap<number, Node> => {
      if (known) return known;
      const found = new Map<number, Node>();
      write(NOWHERE, (index) => {
        // What it names stands before it, whenever that is asked.
        if (index >= there) throw new Malformed('invalid', `there is no type ${index}`, 0);
        found.set(index, this.get('type', index));
        return index;
      });
      return (known = found);
    };
    return { bytes, types: { named, write } };
  }

  private space(sort: Sort): Node[] {
    let space = this.spaces.get(sort);
    if (!space) this.spaces.set(sort, (space = []));
    return space;
  }
}

/** For what is only asked which types it names, as most of what a component has is. */
class Nowhere extends Writer {
  override byte(): this {
    return this;
  }
  override u32(): this {
    return this;
  }
  override typeIndex(): this {
    return this;
  }
  override text(): this {
    return this;
  }
  override bytes(): this {
    return this;
  }
}
const NOWHERE = new Nowhere();

const IMPORT_SORT: Readonly<Record<string, Sort>> = {
  func: 'func',
  instance: 'instance',
  component: 'component',
  'type-eq': 'type',
  'sub-resource': 'type',
};

function skipName(reader: Reader): void {
  const form = reader.byte();
  if (form > 1) throw new NotThisShape('it has names with attributes');
  reader.text();
}

function skipSort(reader: Reader): void {
  if (reader.byte() === 0x00) reader.byte();
}

/** Aliases from within to what stands here would have to be renumbered. */
function noOuterAliases(component: ComponentSyntax, depth = 1): void {
  for (const { definitions } of component.sections) {
    for (const definition of definitions) {
      if (definition.is === 'component') noOuterAliases(definition.component, depth + 1);
      if (definition.is === 'alias') check(definition.alias, depth);
      if (definition.is === 'type') inType(definition.type, depth);
    }
  }
}

function inType(
  type: { readonly kind: string; readonly body?: readonly Declaration[] },
  depth: number,
): void {
  for (const declaration of type.body ?? []) {
    if (declaration.is === 'alias') check(declaration.alias, depth + 1);
    if (declaration.is === 'type') inType(declaration.type, depth + 1);
  }
}

function check(alias: (Definition & { is: 'alias' })['alias'], depth: number): void {
  if (alias.kind === 'outer' && alias.count >= depth)
    throw new NotThisShape('what it nests refers to its modules, components or types');
}
