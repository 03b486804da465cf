/**
 * The types of the component model, as a DAG. Identity is object identity: two references to one named type
 * (by alias, `use` or index) are the same object, and a resource is the same resource only if it is the same
 * object. Names live where a type is exported, in an InstanceType or ComponentType.
 *
 * Source: component-model, design/mvp/Binary.md and Explainer.md, "Type Definitions".
 */
export type PrimitiveName =
  | 'bool'
  | 's8'
  | 'u8'
  | 's16'
  | 'u16'
  | 's32'
  | 'u32'
  | 's64'
  | 'u64'
  | 'f32'
  | 'f64'
  | 'char'
  | 'string'
  | 'error-context';

/** A resource type; identity by origin: the import or definition that made it. */
export interface ResourceType {
  readonly kind: 'resource';
  /** Where it was made, for messages: `fermyon:spin/key-value@2.0.0#store`. */
  readonly label: string;
}

export interface Field {
  readonly name: string;
  readonly type: ValueType;
}

export interface Case {
  readonly name: string;
  readonly type?: ValueType;
}

export type ValueType =
  | { readonly kind: 'primitive'; readonly name: PrimitiveName }
  | { readonly kind: 'record'; readonly fields: readonly Field[] }
  | { readonly kind: 'variant'; readonly cases: readonly Case[] }
  | { readonly kind: 'list'; readonly element: ValueType }
  | { readonly kind: 'fixed-list'; readonly element: ValueType; readonly length: number }
  | { readonly kind: 'map'; readonly key: ValueType; readonly value: ValueType }
  | { readonly kind: 'tuple'; readonly elements: readonly ValueType[] }
  | { readonly kind: 'flags'; readonly names: readonly string[] }
  | { readonly kind: 'enum'; readonly names: readonly string[] }
  | { readonly kind: 'option'; readonly value: ValueType }
  | { readonly kind: 'result'; readonly ok?: ValueType; readonly err?: ValueType }
  | { readonly kind: 'own'; readonly resource: ResourceType }
  | { readonly kind: 'borrow'; readonly resource: ResourceType }
  | { readonly kind: 'stream'; readonly element?: ValueType }
  | { readonly kind: 'future'; readonly value?: ValueType };

export interface FuncType {
  readonly kind: 'func';
  readonly async: boolean;
  readonly params: readonly Field[];
  readonly result?: ValueType;
}

/** What an import or export is: the external kinds of the component model. */
export type ExternType =
  | { readonly kind: 'func'; readonly type: FuncType }
  | { readonly kind: 'instance'; readonly type: InstanceType }
  | { readonly kind: 'component'; readonly type: ComponentType }
  | {
      readonly kind: 'type';
      readonly type: ValueType | ResourceType | FuncType | InstanceType | ComponentType;
    }
  | { readonly kind: 'value'; readonly type: ValueType }
  | { readonly kind: 'core-module' };

/** An interface: its exports in order, under their names: `store`, `[static]store.open`, `error`, … */
export interface InstanceType {
  readonly kind: 'instance';
  readonly exports: ReadonlyMap<string, ExternType>;
}

/** A world, or what a component needs and gives: external names in order. */
export interface ComponentType {
  readonly kind: 'component';
  readonly imports: ReadonlyMap<string, ExternType>;
  readonly exports: ReadonlyMap<string, ExternType>;
}
