import type { ValueType } from '../component/types.ts';
import type { ContractFunction, ContractResource } from './interface.ts';
import { camelCase } from './names.ts';
import {
  caseText,
  fieldText,
  parametersText,
  quoted,
  safeName,
  signatureText,
  structureText,
  typeText,
  type NameOf,
} from './type-text.ts';

/** Prints declarations of one interface. */
export interface Declarer {
  /** The interface's id. */
  readonly id: string;
  readonly docs: ReadonlyMap<string, string>;
  readonly nameOf: NameOf;
}

/** `/** … *\/` for a path below the interface's id, with more paragraphs after it; empty if there is nothing. */
export function docText(
  { id, docs }: Declarer,
  path: string,
  ...more: readonly (string | undefined)[]
): string {
  const text = [docs.get(id + path), ...more].filter((one) => one !== undefined).join('\n\n');
  if (text === '') return '';
  const lines = text.replaceAll('*/', '*\\/').split('\n');
  if (lines.length === 1) return `/** ${lines[0]} */\n`;
  return `/**\n${lines.map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n`;
}

/** `export interface Order { … }` or `export type Status = …`. */
export function typeDeclaration(declarer: Declarer, wit: string, name: string, type: ValueType): string {
  const path = `#${wit}`;
  const head = docText(declarer, path);
  switch (type.kind) {
    case 'record': {
      const fields = type.fields.map(
        (field) =>
          `${docText(declarer, `${path}.${field.name}`)}${fieldText(field.name, field.type, declarer.nameOf)}\n`,
      );
      return `${head}export interface ${name} ${block(fields)}`;
    }
    case 'flags': {
      const labels = type.names.map(
        (label) => `${docText(declarer, `${path}.${label}`)}${camelCase(label)}?: boolean;\n`,
      );
      return `${head}export interface ${name} ${block(labels)}`;
    }
    case 'enum':
    case 'variant': {
      const cases: readonly { name: string; text: string }[] =
        type.kind === 'enum'
          ? type.names.map((one) => ({ name: one, text: quoted(one) }))
          : type.cases.map((one) => ({
              name: one.name,
              text: caseText(one.name, one.type, declarer.nameOf),
            }));
      const lines = cases.map((one) => `${docText(declarer, `${path}.${one.name}`)}| ${one.text}\n`);
      return `${head}export type ${name} =\n${indent(lines.join('')).trimEnd()};\n`;
    }
    default:
      return `${head}export type ${name} = ${structureText(type, declarer.nameOf)};\n`;
  }
}

/** A function that a module offers. */
export function functionDeclaration(declarer: Declarer, func: ContractFunction): string {
  const name = camelCase(func.name);
  const safe = safeName(name);
  const doc = docText(declarer, `#${func.name}`, throwsLine(func, declarer.nameOf));
  const text = `function ${safe}${signatureText(func.type, declarer.nameOf)};\n`;
  return safe === name ? `${doc}export ${text}` : `${doc}${text}export { ${safe} as ${name} };\n`;
}

/** A resource that a module offers. */
export function classDeclaration(declarer: Declarer, name: string, resource: ContractResource): string {
  const path = `#${resource.name}`;
  const dispose = '/** Gives the handle back; it cannot be used afterwards. */\n[Symbol.dispose](): void;\n';
  // There is no class to import of a resource that has neither constructor nor methods.
  if (resource.functions.length === 0)
    return `${docText(declarer, path)}export interface ${name} ${block([dispose])}`;
  const members = resource.functions.map((func) => {
    const doc = docText(declarer, `${path}.${func.name}`, throwsLine(func, declarer.nameOf));
    if (func.kind === 'constructor')
      return `${doc}constructor${parametersText(func.type, declarer.nameOf)};\n`;
    const modifier = func.kind === 'static' ? 'static ' : '';
    return `${doc}${modifier}${camelCase(func.name)}${signatureText(func.type, declarer.nameOf)};\n`;
  });
  if (!resource.functions.some(({ kind }) => kind === 'constructor'))
    members.unshift('private constructor();\n');
  members.push(dispose);
  return `${docText(declarer, path)}export class ${name} ${block(members)}`;
}

/** A resource that the service makes: what its objects have, and what their class has. */
export function implementedResource(
  declarer: Declarer,
  name: string,
  className: string,
  resource: ContractResource,
): string[] {
  const path = `#${resource.name}`;
  const of = (kind: ContractFunction['kind']): ContractFunction[] =>
    resource.functions.filter((func) => func.kind === kind);
  const members = of('method').map((func) => memberDeclaration(declarer, `${path}.${func.name}`, func));
  const statics = of('static').map((func) => memberDeclaration(declarer, `${path}.${func.name}`, func));
  const [constructor] = of('constructor');
  const parameters = constructor ? parametersText(constructor.type, declarer.nameOf) : '(...args: never[])';
  const make = `${docText(declarer, `${path}.constructor`)}new ${parameters}: ${name};\n`;
  return [
    `${docText(declarer, path)}export interface ${name} ${block(members)}`,
    `/** The class of {@link ${name}}. */\nexport interface ${className} ${block([make, ...statics])}`,
  ];
}

/** A function that the service implements; it may be `async`, its promise is driven until it is settled. */
export function memberDeclaration(declarer: Declarer, path: string, func: ContractFunction): string {
  const doc = docText(declarer, path, throwsLine(func, declarer.nameOf));
  const signature = signatureText(func.type, declarer.nameOf, (result) => `${result} | Promise<${result}>`);
  return `${doc}${camelCase(func.name)}${signature};\n`;
}

/** How an error is thrown: both sides throw, and who catches it finds it in `payload`. */
export function throwsLine({ type: { result } }: ContractFunction, nameOf: NameOf): string | undefined {
  if (result?.kind !== 'result') return undefined;
  return result.err
    ? `@throws an Error whose \`payload\` is \`${typeText(result.err, nameOf)}\``
    : '@throws an Error without `payload`';
}

/** The members in braces, on lines of their own. */
export function block(members: readonly string[]): string {
  return members.length === 0 ? '{}\n' : `{\n${indent(members.join(''))}}\n`;
}

export function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');
}
