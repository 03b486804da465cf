import { customSections, type CoreImport } from '../../binary/core-module.ts';
import {
  exportsOf,
  functionBodies,
  functionTypeIndices,
  functionTypes,
  importsOf,
  parameterCount,
} from './core.ts';
import { forwardsTo } from './modules.ts';
import type { Alias, CoreInstance, CoreModule, Node } from './nodes.ts';
import { NotThisShape } from './not-this-shape.ts';

export type Instantiated = CoreInstance & { readonly module: CoreModule };

/** The core instances of a component that was linked dynamically. */
export interface Roles {
  /** Memory, table, globals, data. */
  readonly main: Instantiated;
  readonly runtime: Instantiated;
  /** What binds the runtime to the world. */
  readonly bindings: Instantiated;
  /** Stands for functions that need what is made after it, */
  readonly shim: Instantiated;
  /** and is told them by this one. */
  readonly fixup: Instantiated;
  readonly adapters: ReadonlySet<Node>;
}

/** Who is who among a component's core instances, and who is given what. Everything throws NotThisShape. */
export class Shape {
  readonly instances: readonly Instantiated[];
  private readonly aliases = new Map<string, Alias>();

  constructor(nodes: readonly Node[]) {
    this.instances = nodes.filter(
      (node): node is Instantiated => node.is === 'core-instance' && node.module !== undefined,
    );
  }

  /** Who is who, told by who imports what from whom. */
  roles(): Roles {
    const libraries = this.instances.filter(
      ({ module }) => customSections(module.bytes, 'dylink.0').length > 0,
    );
    const [a, b] = libraries;
    if (!a || !b || libraries.length !== 2)
      throw new NotThisShape('it is not made of a runtime and its bindings');
    const uses = (user: Instantiated, provider: Instantiated): boolean =>
      importsOf(user.module.bytes).some(
        (one) => one.kind === 'func' && this.target(user, one)?.instance === provider,
      );
    const [runtime, bindings] = uses(b, a) ? [a, b] : [b, a];
    if (!uses(bindings, runtime) || uses(runtime, bindings))
      throw new NotThisShape('its libraries use one another');
    const main = this.owner(runtime, 'memory');
    const rest = this.instances.filter((one) => one !== main && one !== runtime && one !== bindings);
    const shim = rest.find(
      ({ module }) =>
        importsOf(module.bytes).length === 0 && exportsOf(module.bytes).some(({ kind }) => kind === 'table'),
    );
    const fixup = rest.find((one) =>
      importsOf(one.module.bytes).some(
        ({ kind, ...other }) => kind === 'table' && this.target(one, { kind, ...other })?.instance === shim,
      ),
    );
    if (!main || !shim || !fixup) throw new NotThisShape('it has no shim with its fixup');
    const adapters = new Set<Node>(rest.filter((one) => one !== shim && one !== fixup));
    return { main, runtime, bindings, shim, fixup, adapters };
  }

  private owner(instance: Instantiated, kind: CoreImport['kind']): Instantiated | undefined {
    const one = importsOf(instance.module.bytes).find((imported) => imported.kind === kind);
    return one && this.target(instance, one)?.instance;
  }

  /** What an instance is given for an import. */
  given(instance: Instantiated, one: CoreImport): Node {
    const from = instance.args.find(({ name }) => name === one.module)?.node;
    if (from?.is !== 'core-instance')
      throw new NotThisShape('its instances are given something else than instances');
    if (from.module) return this.alias(from, `core ${one.kind}`, one.name);
    const found = from.args.find(({ name }) => name === one.name)?.node;
    if (!found) throw new NotThisShape('an import of a core module is not given');
    return found;
  }

  /** Whose export an import is, where it is one. */
  target(instance: Instantiated, one: CoreImport): { instance: Instantiated; name: string } | undefined {
    const node = this.given(instance, one);
    if (node.is !== 'alias' || !node.core || node.instance.is !== 'core-instance' || !node.instance.module)
      return undefined;
    return { instance: node.instance as Instantiated, name: node.name };
  }

  /** An export of a core instance: one alias each. */
  alias(instance: CoreInstance, sort: Alias['sort'], name: string): Alias {
    const at = this.instances.indexOf(instance as Instantiated);
    const key = `${at} ${sort} ${name}`;
    let known = this.aliases.get(key);
    if (!known) this.aliases.set(key, (known = { is: 'alias', sort, core: true, instance, name }));
    return known;
  }

  /** The bindings' own index of a function that the fixup writes into the table. */
  bindingsFunction(bindings: Instantiated, fixup: Instantiated, one: CoreImport | undefined): number {
    const wanted = one && this.target(fixup, one);
    const functions = importsOf(bindings.module.bytes).filter(({ kind }) => kind === 'func');
    const index = functions.findIndex((imported) => {
      const target = this.target(bindings, imported);
      return wanted !== undefined && target?.instance === wanted.instance && target.name === wanted.name;
    });
    if (index < 0) throw new NotThisShape('its fixup writes functions that its bindings do not import');
    return index;
  }
}

/** Slots by the names of the shim's exports, each function checked to be what a shim's is. */
export function shimSlots(shim: Instantiated): ReadonlyMap<string, { slot: number; type: Uint8Array }> {
  const { bytes } = shim.module;
  const types = functionTypes(bytes);
  const typeOf = functionTypeIndices(bytes);
  const bodies = functionBodies(bytes);
  const slots = new Map<string, { slot: number; type: Uint8Array }>();
  for (const { name, kind, index } of exportsOf(bytes)) {
    if (kind !== 'func') continue;
    const typeIndex = typeOf[index];
    const type = typeIndex === undefined ? undefined : types[typeIndex];
    const body = bodies[index];
    const slot = type && body && forwardsTo(body, typeIndex!, parameterCount(type));
    if (slot === undefined || !type) throw new NotThisShape('its shim does more than forward');
    slots.set(name, { slot, type });
  }
  return slots;
}
