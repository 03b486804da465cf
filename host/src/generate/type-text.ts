import type { Case, Field, ValueType } from '../component/types.ts';

/** Types as TypeScript text: what the value codec of a bundle is made from. */
export interface TypeTexts {
  /** The name under which a type stands in {@link declarations}. */
  nameOf(type: ValueType): string;
  /** One `const` for each type that was asked for and each in it, in an order in which they can be made. */
  declarations(): string;
}

/**
 * Writes types down, each once: a type that several places share, by identity, is one constant, and so is each
 * primitive. Throws a TypeError for types that have no values to copy: handles, streams, futures.
 */
export function typeTexts(): TypeTexts {
  const names = new Map<ValueType, string>();
  const byText = new Map<string, string>();
  const nameOf = (type: ValueType): string => {
    const known = names.get(type);
    if (known !== undefined) return known;
    const text = textOf(type, nameOf);
    const name = byText.get(text) ?? `t${byText.size}`;
    byText.set(text, name);
    names.set(type, name);
    return name;
  };
  return {
    nameOf,
    declarations: () => [...byText].map(([text, name]) => `const ${name}: ValueType = ${text};\n`).join(''),
  };
}

function textOf(type: ValueType, nameOf: (type: ValueType) => string): string {
  const kind = `kind: '${type.kind}'`;
  const list = (parts: readonly string[]): string => `[${parts.join(', ')}]`;
  const member = ({ name, type: part }: Case | Field): string =>
    `{ name: ${JSON.stringify(name)}${part ? `, type: ${nameOf(part)}` : ''} }`;
  switch (type.kind) {
    case 'primitive':
      return `{ ${kind}, name: '${type.name}' }`;
    case 'record':
      return `{ ${kind}, fields: ${list(type.fields.map(member))} }`;
    case 'variant':
      return `{ ${kind}, cases: ${list(type.cases.map(member))} }`;
    case 'list':
      return `{ ${kind}, element: ${nameOf(type.element)} }`;
    case 'fixed-list':
      return `{ ${kind}, element: ${nameOf(type.element)}, length: ${type.length} }`;
    case 'map':
      return `{ ${kind}, key: ${nameOf(type.key)}, value: ${nameOf(type.value)} }`;
    case 'tuple':
      return `{ ${kind}, elements: ${list(type.elements.map(nameOf))} }`;
    case 'flags':
    case 'enum':
      return `{ ${kind}, names: ${list(type.names.map((name) => JSON.stringify(name)))} }`;
    case 'option':
      return `{ ${kind}, value: ${nameOf(type.value)} }`;
    case 'result': {
      const ok = type.ok ? `, ok: ${nameOf(type.ok)}` : '';
      const err = type.err ? `, err: ${nameOf(type.err)}` : '';
      return `{ ${kind}${ok}${err} }`;
    }
    default:
      throw new TypeError(`values of the kind ${type.kind} cannot be copied`);
  }
}
