import type { FuncType, ResourceType, ValueType } from '../component/types.ts';
import { camelCase } from './names.ts';

/** The TypeScript name of a named type where it is used; undefined for types that are written out. */
export type NameOf = (type: ValueType | ResourceType) => string | undefined;

/**
 * A WIT type as TypeScript type, in the conventions of componentize-qjs: records with camelCase members,
 * variants as `{ tag, val }`, enums as string literals, flags as objects of booleans, `list<u8>` as
 * Uint8Array and `list<s8>` as Int8Array, 64-bit integers as numbers. A missing option is given as null and may
 * be passed as null or undefined; an option in an option, and a result that is not returned, are tagged.
 */
export function typeText(type: ValueType, nameOf: NameOf): string {
  return nameOf(type) ?? structureText(type, nameOf);
}

/** As typeText, but the outermost type is written out even where it has a name. */
export function structureText(type: ValueType, nameOf: NameOf): string {
  const text = (part: ValueType): string => typeText(part, nameOf);
  switch (type.kind) {
    case 'primitive':
      return primitiveText(type.name);
    case 'record':
      return `{ ${type.fields.map((field) => fieldText(field.name, field.type, nameOf)).join(' ')} }`;
    case 'variant':
      return type.cases.map((one) => caseText(one.name, one.type, nameOf)).join(' | ');
    case 'enum':
      return type.names.map(quoted).join(' | ');
    case 'flags':
      return `{ ${type.names.map((name) => `${camelCase(name)}?: boolean;`).join(' ')} }`;
    case 'list':
      if (isByte(type.element)) return 'Uint8Array';
      if (type.element.kind === 'primitive' && type.element.name === 's8') return 'Int8Array';
      return `${parenthesised(text(type.element))}[]`;
    case 'fixed-list':
      return `${parenthesised(text(type.element))}[]`;
    case 'map':
      return `Map<${text(type.key)}, ${text(type.value)}>`;
    case 'tuple':
      return `[${type.elements.map(text).join(', ')}]`;
    case 'option':
      return type.value.kind === 'option'
        ? `${caseText('none', undefined, nameOf)} | ${caseText('some', type.value, nameOf)}`
        : `${text(type.value)} | null | undefined`;
    case 'result':
      return `${caseText('ok', type.ok, nameOf)} | ${caseText('err', type.err, nameOf)}`;
    case 'own':
    case 'borrow':
      return nameOf(type.resource) ?? 'unknown';
    case 'stream':
      return `AsyncIterable<${type.element ? text(type.element) : 'void'}>`;
    case 'future':
      return `Promise<${type.value ? text(type.value) : 'void'}>`;
  }
}

/** A member of a record; an option may be left out. */
export function fieldText(name: string, type: ValueType, nameOf: NameOf): string {
  if (type.kind === 'option' && type.value.kind !== 'option' && nameOf(type) === undefined) {
    return `${camelCase(name)}?: ${typeText(type.value, nameOf)} | null;`;
  }
  return `${camelCase(name)}: ${typeText(type, nameOf)};`;
}

export function caseText(name: string, type: ValueType | undefined, nameOf: NameOf): string {
  return type ? `{ tag: ${quoted(name)}; val: ${typeText(type, nameOf)} }` : `{ tag: ${quoted(name)} }`;
}

/** Parameters and result as written in a declaration: `(order: Order): void`. */
export function signatureText(type: FuncType, nameOf: NameOf, wrap = (result: string) => result): string {
  return `${parametersText(type, nameOf)}: ${wrap(resultText(type, nameOf))}`;
}

export function parametersText(type: FuncType, nameOf: NameOf): string {
  return `(${type.params.map((param) => `${safeName(camelCase(param.name))}: ${typeText(param.type, nameOf)}`).join(', ')})`;
}

/** What a call gives: the ok part of a result, whose error is thrown. */
function resultText({ result }: FuncType, nameOf: NameOf): string {
  const value = result?.kind === 'result' ? result.ok : result;
  return value ? typeText(value, nameOf) : 'void';
}

/** A name that can be declared: JavaScript's reserved words get an underscore. */
export function safeName(name: string): string {
  return RESERVED.has(name) ? `${name}_` : name;
}

export function quoted(text: string): string {
  return `'${text}'`;
}

export function isByte(type: ValueType): boolean {
  return type.kind === 'primitive' && type.name === 'u8';
}

function primitiveText(name: string): string {
  if (name === 'bool') return 'boolean';
  if (name === 'string' || name === 'char') return 'string';
  return name === 'error-context' ? 'Error' : 'number';
}

function parenthesised(text: string): string {
  return /[|&]/.test(text) ? `(${text})` : text;
}

const RESERVED = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export ' +
    'extends false finally for function if implements import in instanceof interface let new null package ' +
    'private protected public return static super switch this throw true try typeof var void while with yield'
  ).split(' '),
);
