/** A node of an ES module's syntax tree (ESTree), as far as names are concerned. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** A name that a module uses without declaring it. */
export interface GlobalUse {
  readonly name: string;
  /** Offset in the module's text, in UTF-16 code units. */
  readonly offset: number;
  /** How it is used: as a name, as `globalThis.name`, or only asked for by `typeof name`. */
  readonly kind: 'name' | 'member' | 'typeof';
  /** The member that is read of it: `random` of `Math.random`; absent where it is used as a whole. */
  readonly member?: string;
}

interface Scope {
  readonly names: Set<string>;
  readonly parent: Scope | undefined;
  /** Whether `var` lands here. */
  readonly isFunction: boolean;
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
const BLOCKS = new Set([
  'BlockStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'SwitchStatement',
  'StaticBlock',
]);
/** Keys that hold names which are no references, unless computed. */
const PLAIN_NAMES: Readonly<Record<string, readonly string[]>> = {
  MemberExpression: ['property'],
  Property: ['key'],
  MethodDefinition: ['key'],
  PropertyDefinition: ['key'],
  AccessorProperty: ['key'],
};
const NOT_REFERENCES = new Set([
  'ImportDeclaration',
  'ExportAllDeclaration',
  'ExportSpecifier',
  'MetaProperty',
  'LabeledStatement',
  'BreakStatement',
  'ContinueStatement',
]);

/** The globals that a module uses, in source order: what its scopes (ECMA-262, 9.1) do not declare. */
export function globalUses(program: SyntaxNode): GlobalUse[] {
  const uses: { use: GlobalUse; scope: Scope }[] = [];
  const root: Scope = { names: new Set(), parent: undefined, isFunction: true };

  function visit(node: SyntaxNode, scope: Scope): void {
    if (node.type === 'Identifier') {
      uses.push({ use: { name: node['name'] as string, offset: node.start, kind: 'name' }, scope });
      return;
    }
    const inner = enter(node, scope);
    const operand = node['argument'];
    if (
      node.type === 'UnaryExpression' &&
      node['operator'] === 'typeof' &&
      isNode(operand) &&
      operand.type === 'Identifier'
    ) {
      uses.push({ use: { name: operand['name'] as string, offset: operand.start, kind: 'typeof' }, scope });
      return;
    }
    const owner = plainMember(node);
    if (owner) {
      const { object, property } = owner;
      const use = {
        name: object['name'] as string,
        offset: object.start,
        kind: 'name',
        member: property,
      } as const;
      uses.push({ use, scope });
      if (use.name === 'globalThis') {
        uses.push({ use: { name: property, offset: object.start, kind: 'member' }, scope });
      }
      return;
    }
    if (NOT_REFERENCES.has(node.type)) {
      if (node.type === 'LabeledStatement') visit(node['body'] as SyntaxNode, inner);
      // A local name that is exported is declared, or else no module.
      return;
    }
    const plain = node['computed'] === true ? [] : (PLAIN_NAMES[node.type] ?? []);
    for (const [key, value] of Object.entries(node)) {
      if (plain.includes(key)) continue;
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, inner);
    }
  }

  visit(program, root);
  return uses
    .filter(({ use, scope }) => !isDeclared(use.kind === 'member' ? 'globalThis' : use.name, scope))
    .map(({ use }) => use)
    .sort((a, b) => a.offset - b.offset);
}

/** Opens the scope that a node makes and declares what the node declares. */
function enter(node: SyntaxNode, scope: Scope): Scope {
  if (FUNCTIONS.has(node.type)) {
    if (node.type === 'FunctionDeclaration') declare(node['id'], scope);
    const inner: Scope = { names: new Set(['arguments']), parent: scope, isFunction: true };
    if (node.type === 'FunctionExpression') declare(node['id'], inner);
    for (const parameter of node['params'] as readonly unknown[]) declare(parameter, inner);
    return inner;
  }
  if (node.type === 'ClassDeclaration') declare(node['id'], scope);
  if (node.type === 'ClassExpression') {
    const inner: Scope = { names: new Set(), parent: scope, isFunction: false };
    declare(node['id'], inner);
    return inner;
  }
  if (node.type === 'CatchClause') {
    const inner: Scope = { names: new Set(), parent: scope, isFunction: false };
    declare(node['param'], inner);
    return inner;
  }
  if (node.type === 'VariableDeclaration') {
    const target = node['kind'] === 'var' ? functionScope(scope) : scope;
    for (const { id } of node['declarations'] as readonly { id: unknown }[]) declare(id, target);
  }
  if (node.type === 'ImportDeclaration') {
    for (const { local } of node['specifiers'] as readonly { local: unknown }[]) declare(local, scope);
  }
  return BLOCKS.has(node.type)
    ? { names: new Set(), parent: scope, isFunction: node.type === 'StaticBlock' }
    : scope;
}

/** Declares the names of a binding pattern. */
function declare(pattern: unknown, scope: Scope): void {
  if (!isNode(pattern)) return;
  switch (pattern.type) {
    case 'Identifier':
      scope.names.add(pattern['name'] as string);
      return;
    case 'ObjectPattern':
      for (const property of pattern['properties'] as readonly SyntaxNode[]) {
        declare(property.type === 'RestElement' ? property : property['value'], scope);
      }
      return;
    case 'ArrayPattern':
      for (const element of pattern['elements'] as readonly unknown[]) declare(element, scope);
      return;
    case 'AssignmentPattern':
      declare(pattern['left'], scope);
      return;
    case 'RestElement':
      declare(pattern['argument'], scope);
      return;
    default:
  }
}

/** `name.property` of a plain name. */
function plainMember(node: SyntaxNode): { object: SyntaxNode; property: string } | undefined {
  if (node.type !== 'MemberExpression' || node['computed'] === true) return undefined;
  const { object, property } = node as unknown as { object: SyntaxNode; property: SyntaxNode };
  return object.type === 'Identifier' ? { object, property: property['name'] as string } : undefined;
}

function functionScope(scope: Scope): Scope {
  let current = scope;
  while (!current.isFunction && current.parent) current = current.parent;
  return current;
}

function isDeclared(name: string, scope: Scope): boolean {
  for (let current: Scope | undefined = scope; current; current = current.parent)
    if (current.names.has(name)) return true;
  return false;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string';
}
