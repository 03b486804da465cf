import { plainView } from '../binary/plain-view.ts';
import { decodeComponent } from '../component/decode.ts';
import { guarded } from '../component/guarded.ts';
import { signatureOf } from '../component/signature.ts';
import { TypeBudget } from '../component/substitute.ts';
import type { ComponentSyntax } from '../component/syntax.ts';
import type { ComponentType } from '../component/types.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { failure, success, type Result } from '../diagnostics/result.ts';
import { bindEdges, missingExport, unknownInstance, withUsedTypes } from './edges.ts';
import type { Node } from './flatten/nodes.ts';
import { orderNodes } from './order.ts';

/** What to link: components as named instances, and who provides which import. */
export interface LinkGraph {
  readonly instances: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly edges: readonly LinkEdge[];
  /** The instance whose exports the result has, where `exports` does not say more. */
  readonly root: string;
  /** What the result exports, of whichever instances: these are roots too. All exports of the root if absent. */
  readonly exports?: readonly LinkExport[];
  /** Which exports of the root the result leaves out; `isStrayInit` if absent. Those in `exports` are all meant. */
  readonly hide?: (exportName: string, instance: string) => boolean;
  /**
   * What functions of the host answer that the result is not given: flattened services answer it themselves. Asked with
   * no name, whether that is a trap for all of an import.
   */
  readonly answers?: (importName: string, functionName: string) => 'trap' | 'empty' | undefined;
  readonly passes?: {
    /** Core modules that occur more than once stand once; true if absent. */
    readonly hoist?: boolean;
    /** QuickJS services' core modules are rearranged so that instances are made for less; false if absent. */
    readonly flatten?: boolean;
    /** What nothing needs that is used is left out; false if absent. */
    readonly trim?: boolean;
  };
}

export interface LinkEdge {
  readonly importer: string;
  /** The import's name in the importer, the export's in the provider: they may differ in version. */
  readonly import: string;
  readonly provider: string;
  readonly export: string;
}

/** An export of the result. */
export interface LinkExport {
  readonly instance: string;
  /** Its name in the instance, and in the result unless `as` says otherwise. */
  readonly export: string;
  readonly as?: string;
}

/** One instance with what it is and who provides its imports. */
export interface LinkNode {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly syntax: ComponentSyntax;
  readonly signature: ComponentType;
  /** What is written in place of the bytes once a pass has rearranged them: definitions in order. */
  readonly definitions?: readonly Node[];
  /** By import name; imports that are not here stay open. */
  readonly bound: ReadonlyMap<string, Binding>;
}

/** An export of an instance; for a type that the importer's world uses of an interface, the type's name in it. */
export interface Binding {
  readonly provider: string;
  readonly export: string;
  readonly type?: string;
}

/**
 * Decodes the components, checks that the edges join what is there, and orders the instances: providers before
 * importers, roots last. The order depends on the components and edges only, not on how they are listed.
 * Diagnostics: `component/…` with the instance in `where`, and `link/duplicate-instance`, `unknown-instance`,
 * `missing-export`, `duplicate-edge`, `duplicate-export`, `cycle`, `unreached`; all that are found at once.
 * Warning: `unused-edge`. Components in `known`, by instance, are decoded already.
 */
export function resolveGraph(
  graph: LinkGraph,
  known: ReadonlyMap<string, Decoded> = new Map(),
): Result<readonly LinkNode[]> {
  const problems: Diagnostic[] = [];
  const decoded = new Map<string, Decoded & { readonly bytes: Uint8Array }>();
  const names = new Set(graph.instances.map(({ name }) => name));
  for (const name of names) {
    const [only, ...others] = graph.instances.filter((instance) => instance.name === name);
    if (!only || others.length > 0) {
      problems.push(
        diagnose('link/duplicate-instance', `${others.length + 1} services are named ${name}`, {
          where: name,
        }),
      );
      continue;
    }
    const before = known.get(name);
    const result = before ? success(before) : decodeForLink(only.bytes);
    if (result.ok) decoded.set(name, { bytes: plainView(only.bytes), ...result.value });
    else problems.push(...result.diagnostics.map((d) => within(d, name)));
  }
  if (!names.has(graph.root)) problems.push(unknownInstance(graph.root, 'the root', names));
  problems.push(...exportProblems(graph, decoded, names));
  const edges = bindEdges(graph, decoded, names, problems);
  if (problems.some((problem) => problem.severity === 'error')) return failure(...problems.sort(byText));

  const nodes = new Map<string, LinkNode>();
  for (const [name, component] of decoded) {
    nodes.set(name, {
      name,
      ...component,
      bound: withUsedTypes(component.signature, edges.get(name) ?? new Map()),
    });
  }
  const roots = new Set([graph.root, ...(graph.exports ?? []).map(({ instance }) => instance)]);
  const ordered = orderNodes(nodes, graph.root, roots, graph.edges);
  return ordered.ok ? success(ordered.value, problems.sort(byText)) : ordered;
}

function exportProblems(
  { exports = [] }: LinkGraph,
  decoded: ReadonlyMap<string, { signature: ComponentType }>,
  names: ReadonlySet<string>,
): Diagnostic[] {
  const instances = new Set(exports.map(({ instance }) => instance));
  const unknown = [...instances].filter((instance) => !names.has(instance));
  const byName = new Map<string, LinkExport[]>();
  for (const one of exports) {
    const name = one.as ?? one.export;
    byName.set(name, [...(byName.get(name) ?? []), one]);
  }
  return [
    ...unknown.map((instance) => unknownInstance(instance, 'the exports', names)),
    ...exports.flatMap(({ instance, export: name }) => {
      const signature = decoded.get(instance)?.signature;
      return signature && !signature.exports.has(name)
        ? [missingExport(instance, name, `export ${name}`, signature)]
        : [];
    }),
    ...[...byName].flatMap(([name, found]) =>
      found.length < 2
        ? []
        : diagnose('link/duplicate-export', `the result would export ${name} ${found.length} times`, {
            where: `export ${name}`,
            expected: 'one instance that it is of',
            found: found.map(({ instance }) => instance).join(', '),
          }),
    ),
  ];
}

/** A component as its definitions, and what they come to. */
export interface Decoded {
  readonly syntax: ComponentSyntax;
  readonly signature: ComponentType;
}

export function decodeForLink(bytes: Uint8Array): Result<Decoded> {
  const syntax = decodeComponent(plainView(bytes));
  if (!syntax.ok) return syntax;
  return guarded(() =>
    success({ syntax: syntax.value, signature: signatureOf(syntax.value, new TypeBudget()) }),
  );
}

function within(diagnostic: Diagnostic, instance: string): Diagnostic {
  return {
    ...diagnostic,
    where: diagnostic.where === undefined ? instance : `${instance}, ${diagnostic.where}`,
  };
}

function byText(a: Diagnostic, b: Diagnostic): number {
  const [left, right] = [`${a.where} ${a.message}`, `${b.where} ${b.message}`];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
