import { Malformed } from '../../binary/malformed.ts';
import { readComponent } from '../../component/decode.ts';
import { guarded } from '../../component/guarded.ts';
import type { ComponentSyntax } from '../../component/syntax.ts';
import { success, type Result } from '../../diagnostics/result.ts';
import { exportsOf, functionBodies, importsOf } from './core.ts';
import { KnownModules } from './known-modules.ts';
import { loadComponent } from './load.ts';
import { NotThisShape } from './not-this-shape.ts';
import { references, type Component, type Instance, type Node } from './nodes.ts';
import { importsWithout, rearrange, type Freedom, type Rearranged } from './rearrange.ts';
import { ordered, writeComponent } from './write.ts';

export interface FlattenOptions {
  /** What functions of imports answer, where that is known beforehand. */
  readonly answers?: Freedom['answers'];
  /** Exports of the component that nobody will call; none if absent. */
  readonly hide?: (exportName: string) => boolean;
}

export interface FlattenReport {
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Core instances of a service, as built and now. */
  readonly coreInstances: readonly [before: number, after: number];
  /** Functions that are still called through a table, since what they need is made after what needs them. */
  readonly lateFunctions: number;
}

export type Flattened =
  | { readonly applied: true; readonly bytes: Uint8Array; readonly report: FlattenReport }
  /** The bytes are those given. */
  | { readonly applied: false; readonly bytes: Uint8Array; readonly reason: string };

/**
 * Rearranges the core modules of a service as componentize-qjs builds it, so that an engine makes an instance of it
 * for less: see rearrange.ts. What it does stays the same. A component that is not of that shape is left alone, with
 * the reason. The same bytes give the same bytes. Diagnostics: those of decodeComponent.
 */
export function flattenComponent(bytes: Uint8Array, options: FlattenOptions = {}): Result<Flattened> {
  return guarded((): Result<Flattened> => {
    const arranged = flattenedDefinitions(bytes, readComponent(bytes), options);
    if (!arranged.applied) return success({ applied: false, bytes, reason: arranged.reason });
    const { definitions, instances, lateFunctions } = arranged;
    const after = writeComponent(definitions).finish();
    return success({
      applied: true,
      bytes: after,
      report: {
        bytesBefore: bytes.length,
        bytesAfter: after.length,
        coreInstances: instances,
        lateFunctions,
      },
    });
  });
}

/** A component's definitions as they are to be, not written yet. */
export type FlattenedDefinitions =
  | ({ readonly applied: true; readonly definitions: readonly Node[] } & Omit<Rearranged, 'nodes'>)
  | { readonly applied: false; readonly reason: string };

/** As flattenComponent, of a decoded component, without writing it; `modules` are those seen before. Throws Malformed. */
export function flattenedDefinitions(
  bytes: Uint8Array,
  syntax: ComponentSyntax,
  options: FlattenOptions = {},
  modules = new KnownModules(),
): FlattenedDefinitions {
  try {
    const { nodes, ...rest } = flatten(bytes, syntax, options, modules);
    return { applied: true, definitions: nodes, ...rest };
  } catch (error) {
    if (!(error instanceof NotThisShape)) throw error;
    return { applied: false, reason: error.message };
  }
}

function flatten(
  bytes: Uint8Array,
  syntax: ComponentSyntax,
  { hide: hidden = () => false, answers = () => undefined }: FlattenOptions,
  modules: KnownModules,
): Rearranged {
  const load = (component: ComponentSyntax): Node[] => loadComponent(bytes, component, modules);
  const outer = load(syntax);
  if (outer.some((node) => node.is === 'core-instance'))
    return rearrange(() => load(syntax), { hidden, answers });
  const services = outer.filter(
    (node): node is Instance & { component: Component } =>
      node.is === 'instance' && node.component !== undefined && !onlyTraps(bytes, node.component),
  );
  const [service] = services;
  if (!service || services.length !== 1) throw new NotThisShape('it is made of several components');
  const kept = (node: Node): boolean =>
    isRoot(node) && !(node.is === 'export' && node.sort === 'func' && hidden(node.name));
  const users = ordered(outer, kept).filter((node) => references(node).includes(service));
  const used = users.every((node) => node.is === 'alias') && new Set(users.map(({ name }) => name));
  const trapping = new Set(
    service.args.filter(({ node }) => comesFromTraps(bytes, node)).map(({ name }) => name),
  );
  const { component } = service;
  const inner = rearrange(() => load(component.syntax), {
    hidden: (name) => used !== false && !used.has(name),
    answers: (name, member) => (trapping.has(name) ? 'trap' : answers(name, member)),
  });
  component.rearranged = inner.nodes;
  service.args = service.args.filter(({ name }) => !inner.dropped.includes(name));
  const nodes = ordered(outer, kept);
  return { ...inner, nodes, dropped: importsWithout(outer, nodes) };
}

/** Whatever an export needs, and custom sections: an import that nothing is made of is none of them. */
function isRoot(node: Node): boolean {
  return node.is === 'export' || (node.is === 'raw' && node.sort === undefined);
}

function comesFromTraps(bytes: Uint8Array, node: Node | undefined): boolean {
  if (node?.is !== 'alias' || node.core || node.instance.is !== 'instance') return false;
  return node.instance.component !== undefined && onlyTraps(bytes, node.instance.component);
}

const UNREACHABLE = [0x00, 0x00, 0x0b].join();
const EMPTY = [0x00, 0x0b].join();

/**
 * Whether every function of a component traps, and making an instance of it does nothing: its core functions are
 * empty or trap at once, and what it lifts are of those that trap.
 */
function onlyTraps(bytes: Uint8Array, component: Component): boolean {
  // It is asked for every argument of a service.
  let known = ONLY_TRAPS.get(component);
  if (known === undefined) ONLY_TRAPS.set(component, (known = traps(bytes, component)));
  return known;
}

const ONLY_TRAPS = new WeakMap<Component, boolean>();

function traps(bytes: Uint8Array, component: Component): boolean {
  const nodes = loadComponent(bytes, component.syntax);
  if (nodes.some((node) => node.is === 'raw' && node.imports !== undefined)) return false;
  for (const node of nodes)
    if (
      node.is === 'core-module' &&
      functionBodies(node.bytes).some((body) => ![UNREACHABLE, EMPTY].includes(body.join()))
    )
      return false;
  const lifts = nodes.filter((node) => node.is === 'lift');
  return lifts.length > 0 && lifts.every(({ func }) => trapsAtOnce(func));
}

function trapsAtOnce(func: Node): boolean {
  if (func.is !== 'alias' || func.instance.is !== 'core-instance' || !func.instance.module) return false;
  const { bytes } = func.instance.module;
  const index = exportsOf(bytes).find((one) => one.kind === 'func' && one.name === func.name)?.index;
  if (index === undefined) throw new Malformed('invalid', `a core module does not export ${func.name}`, 0);
  const imported = importsOf(bytes).filter(({ kind }) => kind === 'func').length;
  return functionBodies(bytes)[index - imported]?.join() === UNREACHABLE;
}
