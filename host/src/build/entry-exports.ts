import { spanAt, placeOf } from './places.ts';
import type { SourceSpan } from '../diagnostics/diagnostic.ts';
import type { SyntaxNode } from './globals.ts';
import type { ParsedModule } from './parse.ts';

/** What a module exports, read from its syntax. */
export interface EntryExports {
  /** Names of values; `default` too. */
  readonly names: readonly string[];
  /** Whether `names` is all; not so where the module exports all of another. */
  readonly complete: boolean;
  /** Where an export, or a member of the object or class that it is, is written; as near as the syntax tells. */
  spanOf(name: string, member?: string): SourceSpan;
  /** The members of the object or class that an export is, as far as the syntax tells. */
  membersOf(name: string): readonly string[];
}

interface Exported {
  /** Where the name is written. */
  readonly offset: number;
  /** Its value, if the module writes it. */
  readonly value: SyntaxNode | undefined;
}

/** Reads the exports of a module (ECMA-262, 16.2.3). */
export function exportsOf(file: string, { text, program }: ParsedModule): EntryExports {
  const body = program['body'] as readonly SyntaxNode[];
  const locals = new Map<string, Exported>();
  for (const statement of body) {
    const declaration = (statement['declaration'] as SyntaxNode | null | undefined) ?? statement;
    for (const [name, one] of declared(declaration)) locals.set(name, one);
  }
  const exported = new Map<string, Exported>();
  let complete = true;
  for (const statement of body) {
    if (statement['exportKind'] === 'type') continue;
    if (statement.type === 'ExportAllDeclaration') {
      const name = statement['exported'] as SyntaxNode | null;
      if (name) exported.set(nameOf(name), { offset: name.start, value: undefined });
      else complete = false;
    }
    if (statement.type === 'ExportDefaultDeclaration') {
      const value = statement['declaration'] as SyntaxNode;
      const offset = text.indexOf('default', statement.start);
      exported.set('default', { offset, value: valueOf(value, locals) });
    }
    if (statement.type === 'ExportNamedDeclaration') {
      const declaration = statement['declaration'] as SyntaxNode | null;
      for (const [name, one] of declaration ? declared(declaration) : []) exported.set(name, one);
      for (const specifier of statement['specifiers'] as readonly SyntaxNode[]) {
        if (specifier['exportKind'] === 'type') continue;
        const name = specifier['exported'] as SyntaxNode;
        const local = statement['source'] ? undefined : locals.get(nameOf(specifier['local'] as SyntaxNode));
        exported.set(nameOf(name), { offset: name.start, value: local?.value });
      }
    }
  }
  return {
    names: [...exported.keys()],
    complete,
    spanOf(name, member) {
      const one = exported.get(name);
      const written = member === undefined ? undefined : membersOf(one?.value).get(member);
      const { line, column } = placeOf(text, written ?? one?.offset ?? 0);
      return spanAt(file, line, column);
    },
    membersOf: (name) => [...membersOf(exported.get(name)?.value).keys()],
  };
}

/** The values that a statement declares. */
function declared(statement: SyntaxNode): [string, Exported][] {
  if (statement.type === 'VariableDeclaration') {
    return (statement['declarations'] as readonly { id: SyntaxNode; init: SyntaxNode | null }[]).flatMap(
      ({ id, init }) => namesIn(id, init ?? undefined),
    );
  }
  if (statement.type !== 'FunctionDeclaration' && statement.type !== 'ClassDeclaration') return [];
  const id = statement['id'] as SyntaxNode | null;
  return id ? [[nameOf(id), { offset: id.start, value: statement }]] : [];
}

/** The names of a binding; those within a pattern have values that the syntax does not show. */
function namesIn(pattern: SyntaxNode, value?: SyntaxNode): [string, Exported][] {
  switch (pattern.type) {
    case 'Identifier':
      return [[nameOf(pattern), { offset: pattern.start, value }]];
    case 'ObjectPattern':
      return (pattern['properties'] as readonly SyntaxNode[]).flatMap((property) =>
        namesIn((property['value'] ?? property['argument']) as SyntaxNode),
      );
    case 'ArrayPattern':
      return (pattern['elements'] as readonly (SyntaxNode | null)[]).flatMap((one) =>
        one ? namesIn(one) : [],
      );
    case 'AssignmentPattern':
      return namesIn(pattern['left'] as SyntaxNode);
    default:
      return [];
  }
}

function valueOf(node: SyntaxNode, locals: ReadonlyMap<string, Exported>): SyntaxNode | undefined {
  const value = bare(node);
  return value.type === 'Identifier' ? locals.get(nameOf(value))?.value : value;
}

/** An expression without what only concerns types. */
function bare(node: SyntaxNode): SyntaxNode {
  const wrapped = [
    'TSAsExpression',
    'TSSatisfiesExpression',
    'ParenthesizedExpression',
    'TSNonNullExpression',
  ];
  return wrapped.includes(node.type) ? bare(node['expression'] as SyntaxNode) : node;
}

/** Where the members of an object or a class are written, by name. */
function membersOf(value: SyntaxNode | undefined): ReadonlyMap<string, number> {
  const node = value && bare(value);
  const list =
    node?.type === 'ObjectExpression'
      ? node['properties']
      : (node?.['body'] as SyntaxNode | undefined)?.['body'];
  const members = Array.isArray(list) ? (list as readonly SyntaxNode[]) : [];
  return new Map(
    members.flatMap(({ key, computed }): [string, number][] => {
      if (typeof key !== 'object' || key === null || computed === true) return [];
      return [[nameOf(key as SyntaxNode), (key as SyntaxNode).start]];
    }),
  );
}

/** Of an identifier or a name in quotes. */
function nameOf(node: SyntaxNode): string {
  return (node['name'] ?? node['value']) as string;
}
