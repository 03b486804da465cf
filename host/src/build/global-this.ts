import { RolldownMagicString, type Plugin } from 'rolldown';
import { parseAst } from 'rolldown/parseAst';
import { globalUses, type SyntaxNode } from './globals.ts';
import { isGuestFile } from './guest.ts';

/** Ways to write a member of `globalThis` that the bundler's injection does not see. */
const SUSPECT = /globalThis\s*(?:\?\.|\[)|=\s*globalThis\b/;
const NAME = /^[A-Za-z_$][\w$]*$/;

/**
 * Lets the bundler see every global that a module names: `globalThis['X']` and `globalThis?.X` become
 * `globalThis.X`, and `const { X } = globalThis` takes `X` from an object with just that.
 */
export function globalThisPlugin(): Plugin {
  return {
    name: 'tenon-global-this',
    transform: {
      filter: { code: SUSPECT },
      handler(code, id) {
        if (isGuestFile(id)) return undefined;
        const plain = plainGlobalThis(code, /\.[cm]?tsx?$/.test(id) ? 'ts' : 'js');
        return plain && { code: plain.toString(), map: plain.generateMap({ source: id, hires: true }) };
      },
    },
  };
}

/**
 * Exported for its test. Nothing where all is plain already, or where the text cannot be parsed, which the
 * bundler reports.
 */
export function plainGlobalThis(code: string, lang: 'ts' | 'js'): RolldownMagicString | undefined {
  let program: SyntaxNode;
  try {
    program = parseAst(code, { lang }) as unknown as SyntaxNode;
  } catch {
    return undefined;
  }
  const globals = new Set(
    globalUses(program).flatMap(({ name, offset }) => (name === 'globalThis' ? [offset] : [])),
  );
  const text = new RolldownMagicString(code);
  visit(program, (node) => {
    if (node.type === 'MemberExpression') {
      const { object, property } = node as unknown as { object: SyntaxNode; property: SyntaxNode };
      const name = node['computed'] === true ? property['value'] : property['name'];
      if (!isGlobalThis(object, globals) || typeof name !== 'string' || !NAME.test(name)) return;
      if (node['computed'] !== true && node['optional'] !== true) return;
      text.overwrite(object.end, node.end, `.${name}`);
    } else if (node.type === 'VariableDeclarator' || node.type === 'AssignmentExpression') {
      const pattern = (node['id'] ?? node['left']) as SyntaxNode;
      const value = (node['init'] ?? node['right']) as SyntaxNode | null;
      const names = value && isGlobalThis(value, globals) ? keysOf(pattern) : undefined;
      if (names) {
        const members = names.map((name) => `${name}: globalThis.${name}`).join(', ');
        text.overwrite(value!.start, value!.end, `({ ${members} })`);
      }
    }
  });
  return text.hasChanged() ? text : undefined;
}

function isGlobalThis(node: SyntaxNode, globals: ReadonlySet<number>): boolean {
  return node.type === 'Identifier' && node['name'] === 'globalThis' && globals.has(node.start);
}

/** The keys of an object pattern; nothing where some are not known, or the rest is taken too. */
function keysOf(pattern: SyntaxNode): readonly string[] | undefined {
  if (pattern.type !== 'ObjectPattern') return undefined;
  const keys = (pattern['properties'] as readonly SyntaxNode[]).map((property) => {
    if (property.type !== 'Property' || property['computed'] === true) return undefined;
    const key = property['key'] as SyntaxNode;
    const name = key['name'] ?? key['value'];
    return typeof name === 'string' && NAME.test(name) ? name : undefined;
  });
  return keys.every((key) => key !== undefined) ? keys : undefined;
}

function visit(node: SyntaxNode, see: (node: SyntaxNode) => void): void {
  see(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === 'object' && child !== null && typeof (child as SyntaxNode).type === 'string') {
        visit(child as SyntaxNode, see);
      }
    }
  }
}
