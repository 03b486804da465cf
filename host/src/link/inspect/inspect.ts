import { isCoreModule } from '../../binary/core-module.ts';
import { readComponent } from '../../component/decode.ts';
import { guarded } from '../../component/guarded.ts';
import { printExtern, printType } from '../../component/print.ts';
import { signatureOf } from '../../component/signature.ts';
import type { AnyType } from '../../component/substitute.ts';
import type { ComponentSyntax } from '../../component/syntax.ts';
import type { ComponentType, ExternType } from '../../component/types.ts';
import { witText } from '../../component/wit-text.ts';
import { diagnose } from '../../diagnostics/diagnostic.ts';
import { failure, success, type Result } from '../../diagnostics/result.ts';
import { elaborate, hasCode, type InstanceNode, type Item } from './elaborate.ts';
import {
  producersOf,
  readCoreModules,
  sizesOf,
  type CoreModule,
  type Producer,
  type Sizes,
} from './modules.ts';
import type { LinkedPlan } from '../plan-section.ts';
import { readNames } from './names.ts';
import { readPlan } from './plan.ts';

/** An import or export, with what it holds as in WIT. */
export interface InspectedExtern {
  readonly name: string;
  readonly kind: ExternType['kind'];
  /** What it is, where it is no interface: `func(order: order)`. */
  readonly type?: string;
  /** Functions of an interface, and its types; a resource's methods as in the binary: `[method]store.get`. */
  readonly functions?: readonly { readonly name: string; readonly type: string }[];
  readonly types?: readonly { readonly name: string; readonly type: string }[];
}

/** Who is given what: from an instance, or an import of the whole. */
export interface InspectedWire {
  readonly importer: string;
  readonly import: string;
  /** The providing instance; absent where it comes from outside. */
  readonly provider?: string;
}

/** A part of the file that is counted by itself: a nested component, or a core module. */
export interface InspectedPart {
  readonly kind: 'component' | 'core-module';
  readonly name: string;
  readonly sizes: Sizes;
  /** The instances that use it; of a core module that several components share, all of them. */
  readonly usedBy: readonly string[];
  readonly producers: readonly Producer[];
}

/** How much of a limit of Spin's pool of instances one instance of the component takes. */
export interface PoolUse {
  readonly used: number;
  readonly limit: number;
}

export interface Inspection {
  readonly bytes: number;
  readonly name?: string;
  readonly imports: readonly InspectedExtern[];
  readonly exports: readonly InspectedExtern[];
  /** The instances of nested components that run code, in the order in which they are made. */
  readonly instances: readonly { readonly name: string; readonly component: string }[];
  readonly wires: readonly InspectedWire[];
  readonly parts: readonly InspectedPart[];
  readonly sizes: Sizes;
  readonly producers: readonly Producer[];
  readonly pool: { readonly memories: PoolUse; readonly tables: PoolUse; readonly coreInstances: PoolUse };
  /** Core modules that several components share: how many, and what that saves. */
  readonly hoisted: { readonly modules: number; readonly bytes: number };
  /** How the component says that it was linked, and what each pass did; absent where it does not say. */
  readonly plan?: LinkedPlan;
  /** Imports and exports as WIT. */
  readonly wit: string;
}

/** What Spin's pool of instances gives to one component. Source: spin, crates/core/src/lib.rs. */
export const SPIN_POOL = { memories: 32, tables: 64, coreInstances: 200 } as const;

/**
 * What a component is made of. Diagnostics: `link/core-module`, those of decodeComponent, and
 * `component/limit` for more instances than any runtime takes.
 */
export function inspect(bytes: Uint8Array): Result<Inspection> {
  return guarded(() => {
    if (isCoreModule(bytes)) {
      return failure(
        diagnose('link/core-module', 'this is a core module, not a component', {
          where: 'byte 0x4',
          expected: 'a component: version 13, layer 1',
          found: 'a core module: version 1, layer 0',
        }),
      );
    }
    const syntax = readComponent(bytes);
    const signature = signatureOf(syntax);
    const modules = readCoreModules(bytes, syntax);
    const root = elaborate(bytes, syntax);
    const instances = root.children.filter(hasCode);
    const parts = partsOf(bytes, syntax, modules, root);
    const shared = parts.filter((part) => part.kind === 'core-module' && part.usedBy.length > 1);
    const plan = readPlan(bytes, syntax);
    return success({
      bytes: bytes.length,
      ...(root.name !== '' && { name: root.name }),
      imports: externsOf(signature, 'imports'),
      exports: externsOf(signature, 'exports'),
      instances: instances.map(({ name, component }) => ({ name, component })),
      wires: instances.flatMap((instance) => wiresOf(instance, root)),
      parts,
      sizes: sizesOf(syntax, modules),
      producers: producersOf(bytes, syntax, modules),
      pool: poolUse(root, modules),
      hoisted: {
        modules: shared.length,
        bytes: shared.reduce((sum, part) => sum + part.sizes.total * (part.usedBy.length - 1), 0),
      },
      ...(plan && { plan }),
      wit: witText(signature),
    });
  });
}

function externsOf(signature: ComponentType, side: 'imports' | 'exports'): InspectedExtern[] {
  const names = new Map<AnyType, string>();
  const learn = (name: string, extern: ExternType): void => {
    if (extern.kind === 'type' && extern.type.kind !== 'primitive' && !names.has(extern.type))
      names.set(extern.type, name);
  };
  for (const [name, extern] of [...signature.imports, ...signature.exports]) {
    learn(name, extern);
    if (extern.kind === 'instance') for (const [inner, one] of extern.type.exports) learn(inner, one);
  }
  const options = { nameOf: (type: AnyType) => names.get(type), longest: 2000 };
  return [...signature[side]].map(([name, extern]): InspectedExtern => {
    const { kind } = extern;
    if (extern.kind !== 'instance') return { name, kind, type: printExtern(extern, options) };
    const inner = [...extern.type.exports];
    return {
      name,
      kind,
      functions: inner.flatMap(([own, one]) =>
        one.kind === 'func' ? [{ name: own, type: printType(one.type, options) }] : [],
      ),
      types: inner.flatMap(([own, one]) =>
        one.kind === 'type'
          ? [{ name: own, type: one.type.kind === 'resource' ? 'resource' : printType(one.type, options) }]
          : [],
      ),
    };
  });
}

function wiresOf(instance: InstanceNode, root: InstanceNode): InspectedWire[] {
  return instance.args.flatMap(({ name, item }): InspectedWire[] => {
    // Types are no wires: nothing is called through them.
    if (item.kind === 'other' && !item.from) return [];
    const sources = sourcesOf(item, root, 0);
    return [...sources].map((provider) => ({
      importer: instance.name,
      import: name,
      ...(provider !== OUTSIDE && { provider }),
    }));
  });
}

const OUTSIDE = '';

/** The instances with code that a thing comes from; what only passes things on is looked through. */
function sourcesOf(item: Item, root: InstanceNode, depth: number): Set<string> {
  if (depth > 50) return new Set();
  const { from } = item;
  if (from && 'import' in from) return new Set([OUTSIDE]);
  if (from && hasCode(from.node)) return new Set([from.node.name]);
  const parts = from ? from.node.args.map((arg) => arg.item) : [...(item.exports?.values() ?? [])];
  return new Set(parts.flatMap((part) => [...sourcesOf(part, root, depth + 1)]));
}

/** What the outermost component defines: nested components and core modules. */
function partsOf(
  bytes: Uint8Array,
  syntax: ComponentSyntax,
  modules: ReadonlyMap<number, CoreModule>,
  root: InstanceNode,
): InspectedPart[] {
  const names = readNames(bytes, syntax);
  const parts: InspectedPart[] = [];
  const counts = { component: 0, module: 0 };
  for (const { definitions } of syntax.sections) {
    for (const one of definitions) {
      // Imports and aliases take indices too; the names section counts them.
      if (one.is === 'import' && one.desc.kind === 'component') counts.component++;
      if (one.is === 'import' && one.desc.kind === 'core-module') counts.module++;
      if (one.is === 'alias' && one.alias.sort === 'component') counts.component++;
      if (one.is === 'alias' && one.alias.sort === 'core module') counts.module++;
      if (one.is === 'component') {
        const index = counts.component++;
        const name =
          names.components.get(index) ?? readNames(bytes, one.component).own ?? `component-${index}`;
        const usedBy = root.children.filter((child) => child.start === one.component.start);
        // A component without code of its own wraps the exports of another; it counts as wiring.
        if (!usedBy.some(hasCode)) continue;
        parts.push({
          kind: 'component',
          name,
          sizes: sizesOf(one.component, modules),
          usedBy: usedBy.map((child) => child.name),
          producers: producersOf(bytes, one.component, modules),
        });
      }
      if (one.is === 'core-module') {
        const module = modules.get(one.start);
        const index = counts.module++;
        if (!module) continue;
        parts.push({
          kind: 'core-module',
          name: names.modules.get(index) ?? module.name ?? `module-${index}`,
          sizes: module.sizes,
          usedBy: root.children.filter((child) => uses(child, one.start)).map((child) => child.name),
          producers: module.producers,
        });
      }
    }
  }
  return parts;
}

function uses(instance: InstanceNode, module: number): boolean {
  return instance.modules.includes(module) || instance.children.some((child) => uses(child, module));
}

function poolUse(root: InstanceNode, modules: ReadonlyMap<number, CoreModule>): Inspection['pool'] {
  const used = { memories: 0, tables: 0, coreInstances: 0 };
  const visit = (instance: InstanceNode): void => {
    for (const start of instance.modules) {
      const module = start === undefined ? undefined : modules.get(start);
      used.coreInstances++;
      used.memories += module?.memories ?? 0;
      used.tables += module?.tables ?? 0;
    }
    for (const child of instance.children) visit(child);
  };
  visit(root);
  const use = (key: keyof typeof SPIN_POOL): PoolUse => ({ used: used[key], limit: SPIN_POOL[key] });
  return { memories: use('memories'), tables: use('tables'), coreInstances: use('coreInstances') };
}
