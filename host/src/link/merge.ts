import { compareNames, trackOrName } from '../component/names.ts';
import { printExtern } from '../component/print.ts';
import { mismatches } from '../component/subtype.ts';
import { Substitution, type AnyType, type TypeBudget } from '../component/substitute.ts';
import type { ExternType, ResourceType } from '../component/types.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { failure, success, type Result } from '../diagnostics/result.ts';
import { closureProblems, resourcesIn, typeOwners } from './closure.ts';
import type { LinkNode } from './graph.ts';
import { outerImports } from './outer-imports.ts';

/** One import of the result, and whom it serves. */
export interface MergedImport {
  readonly name: string;
  /** In the result's own types: shared with every other merged import that uses them. */
  readonly extern: ExternType;
  readonly members: readonly { readonly instance: string; readonly import: string }[];
}

interface Member {
  readonly node: LinkNode;
  readonly name: string;
  readonly extern: ExternType;
}

interface Group {
  readonly key: string;
  readonly members: [Member, ...Member[]];
}

/**
 * What stays imported, each interface once: names on one semver track become the highest of them, the type is
 * the union of what the services expect of it, types that one interface uses of another are the same object.
 * In dependency order: an interface stands behind those whose types it uses. Diagnostics:
 * `link/import-conflict`, `link/resource-closure`, `link/unsupported-import`, all that are found.
 */
export function mergeImports(
  nodes: readonly LinkNode[],
  budget: TypeBudget,
): Result<readonly MergedImport[]> {
  // The root's own order leads: its imports are what people expect to see first.
  const fromRoot = nodes.toReversed();
  const problems: Diagnostic[] = [...fromRoot.flatMap(unsupported), ...fromRoot.flatMap(closureProblems)];
  if (problems.length > 0) return failure(...problems);
  const groups = inOrder(group(fromRoot), fromRoot);
  const merger = new Merger(fromRoot, budget);
  const merged = groups.map((g) => merger.merge(g));
  return merger.problems.length > 0 ? failure(...merger.problems) : success(merged);
}

function unsupported(node: LinkNode): Diagnostic[] {
  const owners = typeOwners(node.signature);
  return [...outerImports(node)].flatMap(([name, extern]) => {
    const members = extern.kind === 'instance' ? [...extern.type.exports.values()] : [extern];
    const fine = members.every(passable) && resourcesIn(extern).every((resource) => owners.has(resource));
    if (fine) return [];
    return diagnose('link/unsupported-import', `${node.name} imports ${name}, which cannot be passed on`, {
      where: `import ${name} of ${node.name}`,
      expected: 'an interface of functions and types',
      found: printExtern(extern),
    });
  });
}

function passable(extern: ExternType): boolean {
  return extern.kind === 'func' || (extern.kind === 'type' && isPlainType(extern.type));
}

function isPlainType(type: AnyType): boolean {
  return type.kind !== 'func' && type.kind !== 'instance' && type.kind !== 'component';
}

function group(nodes: readonly LinkNode[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const node of nodes) {
    for (const [name, extern] of outerImports(node)) {
      const key = trackOrName(name);
      const known = groups.get(key);
      if (known) known.members.push({ node, name, extern });
      else groups.set(key, { key, members: [{ node, name, extern }] });
    }
  }
  // The highest version leads: its exports, in its order, then what only lower ones have.
  for (const { members } of groups.values()) members.sort((a, b) => compareNames(b.name, a.name));
  return groups;
}

/** Interfaces behind those whose types they use; otherwise as first seen. */
function inOrder(groups: ReadonlyMap<string, Group>, nodes: readonly LinkNode[]): Group[] {
  const uses = new Map<string, Set<string>>();
  for (const node of nodes) {
    const owners = typeOwners(node.signature);
    const outer = outerImports(node);
    for (const [name, extern] of outer) {
      const key = trackOrName(name);
      const used = uses.get(key) ?? new Set();
      uses.set(key, used);
      for (const type of namedTypes(extern)) {
        const owner = owners.get(type)?.import;
        if (owner !== undefined && owner !== name && outer.has(owner)) used.add(trackOrName(owner));
      }
    }
  }
  const ordered = new Set<Group>();
  const entered = new Set<string>();
  const visit = (key: string): void => {
    // Versions of one package could use one another in a circle; then the order as first seen has to do.
    if (entered.has(key)) return;
    entered.add(key);
    for (const used of uses.get(key) ?? []) visit(used);
    const found = groups.get(key);
    if (found) ordered.add(found);
  };
  for (const key of groups.keys()) visit(key);
  return [...ordered];
}

function namedTypes(extern: ExternType): AnyType[] {
  if (extern.kind === 'type') return [extern.type];
  if (extern.kind !== 'instance') return [];
  return [...extern.type.exports.values()].flatMap(namedTypes);
}

class Merger {
  readonly problems: Diagnostic[] = [];
  /** By service: which of its types became which of the result's. */
  private readonly types = new Map<
    LinkNode,
    { replace: Map<AnyType, AnyType>; substitution: Substitution }
  >();
  private readonly budget: TypeBudget;

  constructor(nodes: readonly LinkNode[], budget: TypeBudget) {
    this.budget = budget;
    for (const node of nodes) {
      const replace = new Map<AnyType, AnyType>();
      this.types.set(node, { replace, substitution: new Substitution(replace, budget) });
    }
  }

  merge(group: Group): MergedImport {
    const [first] = group.members;
    const { name } = first;
    const members = group.members
      .filter((member) => !member.node.bound.has(member.name))
      .map((member) => ({ instance: member.node.name, import: member.name }));
    const holder = new Map<string, ExternType>();
    for (const member of group.members) {
      if (member.extern.kind === 'instance') {
        for (const [exported, extern] of member.extern.type.exports) {
          this.add(holder, exported, extern, `${name}#${exported}`, member, name);
        }
      } else {
        this.add(holder, name, member.extern, name, member, name);
      }
    }
    const extern: ExternType =
      first.extern.kind === 'instance'
        ? { kind: 'instance', type: this.budget.made({ kind: 'instance', exports: holder }, []) }
        : (holder.get(name) ?? first.extern);
    return { name, extern, members };
  }

  private add(
    into: Map<string, ExternType>,
    name: string,
    own: ExternType,
    label: string,
    member: Member,
    canonical: string,
  ): void {
    const types = this.types.get(member.node);
    if (!types) return;
    const known = into.get(name);
    if (own.kind === 'type' && own.type.kind === 'resource' && !types.replace.has(own.type)) {
      // Its owner: the resource becomes the result's, one for all services.
      const shared: AnyType =
        known?.kind === 'type' && known.type.kind === 'resource' ? known.type : resource(label);
      types.replace.set(own.type, shared);
    }
    const mapped = types.substitution.extern(own);
    if (!known) {
      into.set(name, mapped);
      if (own.kind === 'type' && mapped.kind === 'type') types.replace.set(own.type, mapped.type);
      return;
    }
    const differences = mismatches(mapped, known, name === canonical ? '' : name, { open: () => false });
    for (const difference of differences) {
      this.problems.push(
        diagnose(
          'link/import-conflict',
          `services disagree about ${canonical}: ${difference.path || canonical}`,
          {
            where: `import ${member.name} of ${member.node.name}`,
            expected: difference.expected,
            found: difference.found,
          },
        ),
      );
    }
    // Also where they differ: what uses the type is not reported for it once more.
    if (own.kind === 'type' && known.kind === 'type') types.replace.set(own.type, known.type);
  }
}

function resource(label: string): ResourceType {
  return { kind: 'resource', label };
}
