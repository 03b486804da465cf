import { Malformed } from '../../binary/malformed.ts';
import { lebLength, Writer } from '../../binary/writer.ts';
import { SORT_BYTES } from '../../component/opcodes.ts';
import { SECTION, type Sort } from '../../component/syntax.ts';
import {
  eachReference,
  references,
  type Component,
  type CoreModule,
  type Node,
  type Option,
  type Typed,
} from './nodes.ts';

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];

const OPTION: Readonly<Partial<Record<Option['name'], number>>> = {
  utf8: 0x00,
  utf16: 0x01,
  'latin1+utf16': 0x02,
  memory: 0x03,
  realloc: 0x04,
  'post-return': 0x05,
};

/** Thrown where definitions need one another in a circle: one of them. */
export class Circle extends Error {
  override readonly name = 'Circle';
  readonly node: Node;

  constructor(node: Node) {
    super('definitions need one another');
    this.node = node;
  }

  /** All definitions that are on a circle with it, itself among them. */
  get nodes(): readonly Node[] {
    const users = new Map<Node, Node[]>();
    const needed = new Set([this.node]);
    for (const user of needed) {
      for (const one of references(user)) {
        needed.add(one);
        const known = users.get(one);
        if (known) known.push(user);
        else users.set(one, [user]);
      }
    }
    const needing = new Set([this.node]);
    for (const one of needing) for (const user of users.get(one) ?? []) needing.add(user);
    return [...needing];
  }
}

/**
 * The definitions that `roots` need, in an order in which each follows what it names, otherwise as given. Throws Circle.
 */
export function ordered(nodes: readonly Node[], isRoot: (node: Node) => boolean): Node[] {
  const done = new Set<Node>();
  const path = new Set<Node>();
  const result: Node[] = [];

  function visit(node: Node): void {
    if (done.has(node)) return;
    if (path.has(node)) throw new Circle(node);
    path.add(node);
    eachReference(node, visit);
    path.delete(node);
    done.add(node);
    result.push(node);
  }
  for (const node of nodes) if (isRoot(node)) visit(node);
  return result;
}

/** What stands outside of the component, or is written by others. */
export interface Elsewhere {
  /** The index that a core module has in the outermost component, where that is to define it. */
  readonly module: (node: CoreModule) => number | undefined;
  /** A nested component that was not rearranged, at that depth. */
  readonly component: (node: Component, depth: number) => Writer;
  /** How much shorter components became: added to. */
  saved: number;
}

/** Writes a component of these definitions, in this order; runs of one kind share a section. */
export function writeComponent(nodes: readonly Node[], elsewhere?: Elsewhere, depth = 1): Writer {
  const out = new Writer().byte(...PREAMBLE);
  const sizes = new Map<Sort, number>();
  const indices = new Map<Node, number>();
  const indexOf = (node: Node): number => {
    const index = indices.get(node);
    if (index === undefined)
      throw new Malformed('invalid', `a ${node.sort ?? node.is} is named before it is there`, 0);
    return index;
  };
  for (let at = 0; at < nodes.length;) {
    const first = nodes[at]!;
    const index = first.is === 'core-module' ? elsewhere?.module(first) : undefined;
    if (elsewhere && index !== undefined && first.is === 'core-module') {
      const alias = outerModule(depth, index);
      out.section(SECTION.alias, alias);
      elsewhere.saved += sectionLength(moduleLength(first)) - sectionLength(alias.length);
      define(first);
      at++;
      continue;
    }
    const section = sectionOf(first);
    const contents = new Writer();
    let count = 0;
    for (; at < nodes.length && sectionOf(nodes[at]!) === section; at++, count++) {
      if (count > 0 && !VECTOR_SECTIONS.has(section)) break;
      const node = nodes[at]!;
      if (node.is === 'component') contents.append(nested(node));
      else encode(node, contents, indexOf);
      define(node);
    }
    out.section(section, VECTOR_SECTIONS.has(section) ? new Writer().u32(count).append(contents) : contents);
  }
  return out;

  function define(node: Node): void {
    if (!node.sort) return;
    const size = sizes.get(node.sort) ?? 0;
    indices.set(node, size);
    sizes.set(node.sort, size + 1);
  }

  function nested(node: Component): Writer {
    if (!elsewhere) {
      return node.rearranged
        ? writeComponent(node.rearranged, elsewhere, depth + 1)
        : new Writer().bytes(node.bytes);
    }
    const before = elsewhere.saved;
    const written = node.rearranged
      ? writeComponent(node.rearranged, elsewhere, depth + 1)
      : elsewhere.component(node, depth + 1);
    const saved = node.rearranged ? elsewhere.saved - before : node.bytes.length - written.length;
    elsewhere.saved = before + sectionLength(written.length + saved) - sectionLength(written.length);
    return written;
  }
}

export function moduleLength({ bytes, rewritten }: CoreModule): number {
  return rewritten?.length ?? bytes.length;
}

/** Its id, its size, its contents. */
function sectionLength(contents: number): number {
  return 1 + lebLength(contents) + contents;
}

/** A section of one alias of a core module of the component that many levels out. */
export function outerModule(depth: number, index: number): Writer {
  return new Writer()
    .u32(1)
    .byte(...SORT_BYTES['core module'], 0x02)
    .u32(depth)
    .u32(index);
}

const VECTOR_SECTIONS: ReadonlySet<number> = new Set([
  SECTION.coreInstance,
  SECTION.instance,
  SECTION.alias,
  SECTION.type,
  SECTION.canon,
  SECTION.import,
  SECTION.export,
]);

function sectionOf(node: Node): number {
  switch (node.is) {
    case 'core-module':
      return SECTION.coreModule;
    case 'core-instance':
      return SECTION.coreInstance;
    case 'alias':
      return SECTION.alias;
    case 'lift':
    case 'lower':
      return SECTION.canon;
    case 'instance':
      return SECTION.instance;
    case 'component':
      return SECTION.component;
    case 'export':
      return SECTION.export;
    case 'raw':
      return node.section;
  }
}

function encode(node: Exclude<Node, Component>, out: Writer, indexOf: (node: Node) => number): void {
  switch (node.is) {
    case 'core-module':
      if (node.rewritten) out.append(node.rewritten);
      else out.bytes(node.bytes);
      return;
    case 'core-instance':
      if (node.module) out.byte(0x00).u32(indexOf(node.module));
      else out.byte(0x01);
      out.u32(node.args.length);
      for (const { name, node: argument } of node.args)
        out
          .text(name)
          .byte(SORT_BYTES[argument.sort ?? 'func'].at(-1) ?? 0)
          .u32(indexOf(argument));
      return;
    case 'alias':
      out
        .byte(...SORT_BYTES[node.sort], node.core ? 0x01 : 0x00)
        .u32(indexOf(node.instance))
        .text(node.name);
      return;
    case 'lift':
      out.byte(0x00, 0x00).u32(indexOf(node.func));
      options(node.options, out, indexOf);
      out.u32(indexOf(node.type));
      return;
    case 'lower':
      out.byte(0x01, 0x00).u32(indexOf(node.func));
      options(node.options, out, indexOf);
      return;
    case 'instance':
      if (node.component) out.byte(0x00).u32(indexOf(node.component));
      else out.byte(0x01);
      out.u32(node.args.length);
      for (const { raw, node: argument } of node.args)
        out
          .bytes(raw)
          .byte(...SORT_BYTES[argument.sort ?? 'func'])
          .u32(indexOf(argument));
      return;
    case 'export':
      out
        .bytes(node.rawName)
        .byte(...SORT_BYTES[node.sort])
        .u32(indexOf(node.node));
      typed(node.ascribed, out, indexOf);
      return;
    case 'raw':
      typed(node, out, indexOf);
      if (node.destructor) out.u32(indexOf(node.destructor));
      return;
  }
}

/** As it was, where all types that it names have the indices that they had. */
function typed({ bytes, types }: Typed, out: Writer, indexOf: (node: Node) => number): void {
  const named = types?.named();
  if (!named || [...named].every(([index, node]) => indexOf(node) === index)) out.bytes(bytes);
  else types?.write(out, (index) => indexOf(named.get(index)!));
}

function options(given: readonly Option[], out: Writer, indexOf: (node: Node) => number): void {
  out.u32(given.length);
  for (const { name, node } of given) {
    out.byte(OPTION[name] ?? 0);
    if (node) out.u32(indexOf(node));
  }
}
