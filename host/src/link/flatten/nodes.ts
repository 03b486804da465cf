import type { Writer } from '../../binary/writer.ts';
import type { IndexOf } from '../../component/encode-type-def.ts';
import type { CanonOption, ComponentSyntax, Sort } from '../../component/syntax.ts';

/**
 * A component as a graph: definitions that name one another by reference instead of by index, so that they can
 * be moved, replaced and dropped. Whatever only speaks of types stays bytes, and is written anew where their indices
 * become others.
 */
export type Node = CoreModule | CoreInstance | Alias | Lift | Lower | Instance | Component | Export | Raw;

export interface CoreModule {
  readonly is: 'core-module';
  readonly sort: 'core module';
  readonly bytes: Uint8Array;
  /** What is written in place of the bytes; not joined yet, since modules are megabytes. */
  rewritten?: Writer;
}

export interface CoreInstance {
  readonly is: 'core-instance';
  readonly sort: 'core instance';
  /** None for an instance that only gathers what others export. */
  readonly module?: CoreModule;
  args: readonly Argument[];
}

export interface Argument {
  readonly name: string;
  readonly node: Node;
}

/** An export of a core instance, or of a component instance. */
export interface Alias {
  readonly is: 'alias';
  readonly sort: Sort;
  readonly core: boolean;
  readonly instance: Node;
  readonly name: string;
}

export interface Option {
  readonly name: CanonOption['name'];
  readonly node?: Node;
}

export interface Lift {
  readonly is: 'lift';
  readonly sort: 'func';
  func: Node;
  options: readonly Option[];
  readonly type: Node;
}

export interface Lower {
  readonly is: 'lower';
  readonly sort: 'core func';
  readonly func: Node;
  options: readonly Option[];
}

export interface Instance {
  readonly is: 'instance';
  readonly sort: 'instance';
  readonly component?: Component;
  /** Names as they stand in the file: those of an instance without a component are external names. */
  args: readonly { readonly name: string; readonly raw: Uint8Array; readonly node: Node }[];
}

export interface Component {
  readonly is: 'component';
  readonly sort: 'component';
  readonly syntax: ComponentSyntax;
  readonly bytes: Uint8Array;
  /** What is written in place of the bytes: definitions in order. */
  rearranged?: readonly Node[];
}

/** Bytes that may name types of the component around them. */
export interface Typed {
  readonly bytes: Uint8Array;
  readonly types?: {
    /** By the index that they have in the bytes. Throws Malformed at one that is not there. */
    readonly named: () => ReadonlyMap<number, Node>;
    /** Writes the same with other indices. */
    readonly write: (out: Writer, indexOf: IndexOf) => void;
  };
}

export interface Export {
  readonly is: 'export';
  readonly sort: Sort;
  readonly name: string;
  readonly rawName: Uint8Array;
  readonly node: Node;
  /** The type that it is given, if it is. */
  readonly ascribed: Typed;
}

/** What refers to types only: types themselves, imports, canonical definitions of resources, custom sections. */
export interface Raw extends Typed {
  readonly is: 'raw';
  readonly section: number;
  /** What index space it adds to. */
  readonly sort?: Sort;
  /** Of an import. */
  readonly imports?: string;
  /** Of a resource type with a destructor: what comes before the index of its function, which ends the bytes. */
  destructor?: Node;
}

/** Offsets of what is nested are those of the whole file, its bytes a part of that: the file up to its end. */
export function fileOf({ bytes, syntax }: Component): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset - syntax.start, syntax.end);
}

/** What a definition names, in the order in which it names it. */
export function references(node: Node): readonly Node[] {
  const found: Node[] = [];
  eachReference(node, (one) => found.push(one));
  return found;
}

/** Calls `visit` with what a definition names, in that order. */
export function eachReference(node: Node, visit: (named: Node) => void): void {
  switch (node.is) {
    case 'core-instance':
      if (node.module) visit(node.module);
      for (const arg of node.args) visit(arg.node);
      return;
    case 'alias':
      visit(node.instance);
      return;
    case 'lift':
      visit(node.type);
      visit(node.func);
      for (const option of node.options) if (option.node) visit(option.node);
      return;
    case 'lower':
      visit(node.func);
      for (const option of node.options) if (option.node) visit(option.node);
      return;
    case 'instance':
      if (node.component) visit(node.component);
      for (const arg of node.args) visit(arg.node);
      return;
    case 'export':
      eachType(node.ascribed, visit);
      visit(node.node);
      return;
    case 'raw':
      eachType(node, visit);
      if (node.destructor) visit(node.destructor);
      return;
  }
}

function eachType({ types }: Typed, visit: (named: Node) => void): void {
  if (types) for (const one of types.named().values()) visit(one);
}

/** Replaces what definitions name. */
export function rewire(nodes: Iterable<Node>, replace: (node: Node) => Node): void {
  const rewired = <T extends { readonly node?: Node }>(given: readonly T[]): readonly T[] =>
    given.map((one) => {
      const node = one.node && replace(one.node);
      return node === one.node ? one : { ...one, node };
    });
  for (const node of nodes) {
    if (node.is === 'core-instance') node.args = rewired(node.args);
    if (node.is === 'instance') node.args = rewired(node.args);
    if (node.is === 'lift') node.func = replace(node.func);
    if (node.is === 'lift' || node.is === 'lower') node.options = rewired(node.options);
    if (node.is === 'raw' && node.destructor) node.destructor = replace(node.destructor);
  }
}
