import type { PrimitiveName } from './types.ts';

/**
 * A component as its bytes say it: definitions in order, references as indices into its index spaces. What the
 * indices mean is worked out in signature.ts; passes that rearrange a component work on this.
 *
 * Source: component-model, design/mvp/Binary.md.
 */
export interface ComponentSyntax {
  /** In order; sections may repeat and interleave. */
  readonly sections: readonly Section[];
  /** Where the component begins (its preamble) and ends in the file. */
  readonly start: number;
  readonly end: number;
}

export interface Section {
  readonly id: number;
  /** Where the id stands, where the contents begin and end. */
  readonly header: number;
  readonly start: number;
  readonly end: number;
  readonly definitions: readonly Definition[];
}

export type Sort =
  | 'core func'
  | 'core table'
  | 'core memory'
  | 'core global'
  | 'core tag'
  | 'core type'
  | 'core module'
  | 'core instance'
  | 'func'
  | 'value'
  | 'type'
  | 'component'
  | 'instance';

export interface SortIndex {
  readonly sort: Sort;
  readonly index: number;
}

/** An external name with its attributes, which type checking ignores. */
export interface ExternName {
  readonly name: string;
  readonly implements?: string;
  readonly versionSuffix?: string;
  readonly externalId?: string;
}

export type ExternDesc =
  | { readonly kind: 'core-module'; readonly type: number }
  | { readonly kind: 'func' | 'component' | 'instance'; readonly type: number }
  | { readonly kind: 'value'; readonly type: ValueRef }
  | { readonly kind: 'value-eq'; readonly value: number }
  | { readonly kind: 'type-eq'; readonly type: number }
  | { readonly kind: 'sub-resource' };

/** A value type in place: a type index, or a primitive. */
export type ValueRef = number | PrimitiveName;

export interface LabelledRef {
  readonly name: string;
  readonly type: ValueRef;
}

export type TypeDef =
  | { readonly kind: 'primitive'; readonly name: PrimitiveName }
  | { readonly kind: 'record'; readonly fields: readonly LabelledRef[] }
  | {
      readonly kind: 'variant';
      readonly cases: readonly { readonly name: string; readonly type?: ValueRef }[];
    }
  | { readonly kind: 'list' | 'option'; readonly element: ValueRef }
  | { readonly kind: 'fixed-list'; readonly element: ValueRef; readonly length: number }
  | { readonly kind: 'map'; readonly key: ValueRef; readonly value: ValueRef }
  | { readonly kind: 'tuple'; readonly elements: readonly ValueRef[] }
  | { readonly kind: 'flags' | 'enum'; readonly names: readonly string[] }
  | { readonly kind: 'result'; readonly ok?: ValueRef; readonly err?: ValueRef }
  | { readonly kind: 'own' | 'borrow'; readonly resource: number }
  | { readonly kind: 'stream' | 'future'; readonly element?: ValueRef }
  | { readonly kind: 'resource' }
  | {
      readonly kind: 'func';
      readonly async: boolean;
      readonly params: readonly LabelledRef[];
      readonly result?: ValueRef;
    }
  | { readonly kind: 'component' | 'instance'; readonly body: readonly Declaration[] };

export type Alias =
  | {
      readonly kind: 'export' | 'core-export';
      readonly sort: Sort;
      readonly instance: number;
      readonly name: string;
    }
  | { readonly kind: 'outer'; readonly sort: Sort; readonly count: number; readonly index: number };

/** What stands in the body of a component or instance type, with its place in the file. */
export type Declaration = { readonly offset: number } & (
  | { readonly is: 'core-type' }
  | { readonly is: 'type'; readonly type: TypeDef }
  | { readonly is: 'alias'; readonly alias: Alias }
  | { readonly is: 'import' | 'export'; readonly name: ExternName; readonly desc: ExternDesc }
);

/** A canonical definition: what it defines, and what matters of its immediates. */
export interface Canon {
  readonly name: string;
  /** `lift` defines a component function, all else a core one. */
  readonly defines: 'func' | 'core func';
  /** Of `lift`: the function's type; of stream and resource built-ins: their type. */
  readonly type?: number;
  /** Of `lower`: the component function; of `lift`: the core function. */
  readonly func?: number;
  readonly options: readonly CanonOption[];
}

export interface CanonOption {
  readonly name:
    | 'utf8'
    | 'utf16'
    | 'latin1+utf16'
    | 'memory'
    | 'realloc'
    | 'post-return'
    | 'async'
    | 'callback'
    | 'core-type'
    | 'gc';
  readonly index?: number;
}

/** One definition of a component, with its place in the file. */
export type Definition = { readonly offset: number } & (
  | { readonly is: 'custom'; readonly name: string; readonly start: number; readonly end: number }
  | { readonly is: 'core-module'; readonly start: number; readonly end: number }
  | {
      readonly is: 'core-instance';
      readonly module?: number;
      readonly args: readonly { readonly name: string; readonly index: SortIndex }[];
    }
  | { readonly is: 'core-type' }
  | { readonly is: 'component'; readonly component: ComponentSyntax }
  | {
      readonly is: 'instance';
      readonly component?: number;
      readonly args: readonly { readonly name: string; readonly index: SortIndex }[];
    }
  | { readonly is: 'alias'; readonly alias: Alias }
  | { readonly is: 'type'; readonly type: TypeDef }
  | { readonly is: 'canon'; readonly canon: Canon }
  | {
      readonly is: 'start';
      readonly func: number;
      readonly args: readonly number[];
      readonly results: number;
    }
  | { readonly is: 'import'; readonly name: ExternName; readonly desc: ExternDesc }
  | {
      readonly is: 'export';
      readonly name: ExternName;
      readonly index: SortIndex;
      readonly desc?: ExternDesc;
    }
  | { readonly is: 'value'; readonly type: ValueRef }
);

export const SECTION = {
  custom: 0,
  coreModule: 1,
  coreInstance: 2,
  coreType: 3,
  component: 4,
  instance: 5,
  alias: 6,
  type: 7,
  canon: 8,
  start: 9,
  import: 10,
  export: 11,
  value: 12,
} as const;
