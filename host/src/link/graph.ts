import { decodeComponent } from '../component/decode.ts';
import { guarded } from '../component/guarded.ts';
import { signatureOf } from '../component/signature.ts';
import { TypeBudget } from '../component/substitute.ts';
import type { ComponentSyntax } from '../component/syntax.ts';
import type { ComponentType } from '../component/types.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { failure, success, type Result } from '../diagnostics/result.ts';
import { bindEdges, unknownInstance, withUsedTypes } from './edges.ts';
import { orderNodes } from './order.ts';

/** What to link: components as named instances, and who provides which import. */
export interface LinkGraph {
  readonly instances: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly edges: readonly LinkEdge[];
  /** The instance whose exports the result has. */
  readonly root: string;
  /** Which exports of the root the result leaves out; `isStrayInit` if absent. */
  readonly hide?: (exportName: string, instance: string) => boolean;
  readonly passes?: {
    /** Core modules that occur more than once stand once; true if absent. */
    readonly hoist?: boolean;
    /** QuickJS services' core modules are rearranged so that instances are made for less; false if absent. */
    readonly flatten?: boolean;
  };
}

export interface LinkEdge {
  readonly importer: string;
  /** The import's name in the importer, the export's in the provider: they may differ in version. */
  readonly import: string;
  readonly provider: string;
  readonly export: string;
}

/** One instance with what it is and who provides its imports. */
export interface LinkNode {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly syntax: ComponentSyntax;
  readonly signature: ComponentType;
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
 * importers, the root last. The order depends on the components and edges only, not on how they are listed.
 * Diagnostics: `component/…` with the instance in `where`, and `link/duplicate-instance`, `unknown-instance`,
 * `missing-export`, `duplicate-edge`, `cycle`, `unreached`; all that are found at once. Warning: `unused-edge`.
 */
export function resolveGraph(graph: LinkGraph): Result<readonly LinkNode[]> {
  const problems: Diagnostic[] = [];
  const decoded = new Map<string, { bytes: Uint8Array; syntax: ComponentSyntax; signature: ComponentType }>();
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
    const result = decode(only.bytes);
    if (result.ok) decoded.set(name, { bytes: only.bytes, ...result.value });
    else problems.push(...result.diagnostics.map((d) => within(d, name)));
  }
  if (!names.has(graph.root)) problems.push(unknownInstance(graph.root, 'the root', names));
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
  const ordered = orderNodes(nodes, graph.root, graph.edges);
  return ordered.ok ? success(ordered.value, problems.sort(byText)) : ordered;
}

function decode(bytes: Uint8Array): Result<{ syntax: ComponentSyntax; signature: ComponentType }> {
  const syntax = decodeComponent(bytes);
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
