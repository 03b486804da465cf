import { printExtern, printType } from './print.ts';
import type { AnyType } from './substitute.ts';
import type { ComponentType, ExternType, FuncType, InstanceType, ResourceType, ValueType } from './types.ts';

/** One place where a type does not fit, with the path to it: `submit(order).lines`. */
export interface Mismatch {
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  /** Set where both are resources, but not the same one. */
  readonly resource?: true;
}

export interface SubtypeOptions {
  /**
   * Which resource stands for which, from expected to found. Bound as type exports are met (an expected
   * resource that has no counterpart yet takes the one found under its name); pass one map for several checks
   * that share resources.
   */
  readonly resources?: Map<ResourceType, ResourceType>;
  /**
   * Whether an expected resource is still open, so that it takes the one found under its name. Without it,
   * every resource not in `resources` is.
   */
  readonly open?: (resource: ResourceType) => boolean;
  /** How many mismatches to gather; 20 if absent. */
  readonly most?: number;
}

/**
 * Everything that keeps `found` from being supplied for `expected`, in order; empty means that it can be. An
 * instance may export more than expected; a component may import less and export more; all other types must be
 * structurally equal, names and order included. Resources are equal when the mapping says so.
 *
 * Source: component-model, design/mvp/Subtyping.md; wasmparser, validator/component_types.rs, `SubtypeCx`.
 */
export function mismatches(
  found: ExternType,
  expected: ExternType,
  path: string,
  options: SubtypeOptions = {},
): Mismatch[] {
  const check = new Check(options);
  check.extern(found, expected, path);
  return check.found;
}

/** Whether two types are structurally equal, resources compared by identity. */
export function sameType(a: AnyType, b: AnyType): boolean {
  const check = new Check({ open: () => false, most: 1 });
  check.any(a, b, '');
  return check.found.length === 0;
}

const NOTHING = 'nothing';

/** What a generic type's own parts add to its path; tuples' `.0`, `.1` are matched up to nine. */
const DIRECT = new Set([
  '[]',
  '[key]',
  '[value]',
  '?',
  '.ok',
  '.err',
  '.value',
  ...Array.from({ length: 10 }, (_, n) => `.${n}`),
]);

class Pairs {
  private readonly pairs = new Map<object, Set<object>>();

  has(a: object, b: object): boolean {
    return this.pairs.get(a)?.has(b) ?? false;
  }

  add(a: object, b: object): void {
    const known = this.pairs.get(a);
    if (known) known.add(b);
    else this.pairs.set(a, new Set([b]));
  }
}

class Check {
  readonly found: Mismatch[] = [];
  private readonly resources: Map<ResourceType, ResourceType>;
  private readonly open: (resource: ResourceType) => boolean;
  private readonly most: number;
  /** Pairs found equal, so that what is shared is compared once. */
  private readonly equal = new Pairs();
  /** Pairs of named types that were reported: what uses them is not wrong for it once more. */
  private readonly reported = new Pairs();
  private readonly named = new Set<AnyType>();

  constructor(options: SubtypeOptions) {
    this.resources = options.resources ?? new Map();
    this.open = options.open ?? ((resource) => !this.resources.has(resource));
    this.most = options.most ?? 20;
  }

  extern(found: ExternType, expected: ExternType, path: string): void {
    if (this.full) return;
    if (found.kind !== expected.kind) return this.report(path, printExtern(expected), printExtern(found));
    if (found.kind === 'core-module' || expected.kind === 'core-module') return;
    if (found.kind === 'type' && expected.kind === 'type') this.bindResource(found.type, expected.type);
    this.any(found.type, expected.type, path);
  }

  any(found: AnyType, expected: AnyType, path: string): void {
    if (this.full) return;
    if (this.equal.has(found, expected) || this.reported.has(found, expected)) return;
    const before = this.found.length;
    this.compare(found, expected, path);
    if (this.found.length === before) this.equal.add(found, expected);
    else if (this.named.has(expected)) this.reported.add(found, expected);
  }

  private get full(): boolean {
    return this.found.length >= this.most;
  }

  private report(path: string, expected: string, found: string): void {
    if (!this.full) this.found.push({ path, expected, found });
  }

  private differ(path: string, expected: AnyType, found: AnyType): void {
    this.report(path, printType(expected), printType(found));
  }

  private bindResource(found: AnyType, expected: AnyType): void {
    if (found.kind !== 'resource' || expected.kind !== 'resource') return;
    if (!this.resources.has(expected) && this.open(expected)) this.resources.set(expected, found);
  }

  private compare(found: AnyType, expected: AnyType, path: string): void {
    if (found.kind !== expected.kind) return this.differ(path, expected, found);
    switch (found.kind) {
      case 'resource':
        return this.resource(found, expected as ResourceType, path);
      case 'func':
        return this.func(found, expected as FuncType, path);
      case 'instance':
        return this.exports(found.exports, (expected as InstanceType).exports, path);
      case 'component':
        return this.component(found, expected as ComponentType, path);
      default:
        return this.value(found, expected as ValueType, path);
    }
  }

  private resource(found: ResourceType, expected: ResourceType, path: string): void {
    const mapped = this.resources.get(expected) ?? expected;
    if (mapped === found) return;
    const same = mapped.label === found.label;
    if (this.full) return;
    this.found.push({
      path,
      expected: `resource ${mapped.label}`,
      found: `${same ? 'another ' : ''}resource ${found.label}`,
      resource: true,
    });
  }

  private func(found: FuncType, expected: FuncType, path: string): void {
    if (found.async !== expected.async)
      this.report(path, expected.async ? 'async func' : 'func', found.async ? 'async func' : 'func');
    const names = (type: FuncType): string => `(${type.params.map((param) => param.name).join(', ')})`;
    if (names(found) !== names(expected)) {
      this.report(path, `parameters ${names(expected)}`, `parameters ${names(found)}`);
    } else {
      for (const [at, param] of found.params.entries()) {
        const other = expected.params[at];
        if (other) this.any(param.type, other.type, `${path}(${param.name})`);
      }
    }
    this.optional(found.result, expected.result, `${path} -> result`);
  }

  private exports(
    found: ReadonlyMap<string, ExternType>,
    expected: ReadonlyMap<string, ExternType>,
    path: string,
  ): void {
    for (const [name, extern] of expected) {
      if (extern.kind !== 'type') continue;
      this.named.add(extern.type);
      const given = found.get(name);
      if (given?.kind === 'type') this.bindResource(given.type, extern.type);
    }
    // Types after the rest: what differs in one is told by the function that uses it, where there is one.
    const ordered = [...expected].filter(([, extern]) => extern.kind !== 'type');
    for (const [name, extern] of [
      ...ordered,
      ...[...expected].filter(([, extern]) => extern.kind === 'type'),
    ]) {
      const at = path === '' ? name : `${path} ${name}`;
      const given = found.get(name);
      if (given) this.extern(given, extern, at);
      else this.report(at, printExtern(extern), NOTHING);
    }
  }

  private component(found: ComponentType, expected: ComponentType, path: string): void {
    // Contravariant: what is expected to be supplied must do for what is needed.
    for (const [name, extern] of found.imports) {
      const given = expected.imports.get(name);
      if (given) this.extern(given, extern, `${path} import ${name}`);
      else this.report(`${path} import ${name}`, NOTHING, printExtern(extern));
    }
    this.exports(found.exports, expected.exports, path);
  }

  private optional(found: ValueType | undefined, expected: ValueType | undefined, path: string): void {
    if (found && expected) return this.any(found, expected, path);
    if (found || expected) {
      this.report(
        path.trimEnd(),
        expected ? printType(expected) : NOTHING,
        found ? printType(found) : NOTHING,
      );
    }
  }

  private value(found: ValueType, expected: ValueType, path: string): void {
    switch (found.kind) {
      case 'primitive':
        if (found.name !== (expected as typeof found).name) this.differ(path, expected, found);
        return;
      case 'flags':
      case 'enum':
        if (found.names.join(',') !== (expected as typeof found).names.join(','))
          this.differ(path, expected, found);
        return;
      case 'record': {
        const { fields } = expected as typeof found;
        if (!sameNames(found.fields, fields)) return this.differ(path, expected, found);
        for (const [at, field] of found.fields.entries()) {
          const other = fields[at];
          if (other) this.any(field.type, other.type, `${path}.${field.name}`);
        }
        return;
      }
      case 'variant': {
        const { cases } = expected as typeof found;
        if (!sameNames(found.cases, cases)) return this.differ(path, expected, found);
        for (const [at, c] of found.cases.entries())
          this.optional(c.type, cases[at]?.type, `${path}.${c.name}`);
        return;
      }
      case 'tuple': {
        const { elements } = expected as typeof found;
        if (found.elements.length !== elements.length) return this.differ(path, expected, found);
        return this.within(path, expected, found, () => {
          for (const [at, element] of found.elements.entries()) {
            const other = elements[at];
            if (other) this.any(element, other, `${path}.${at}`);
          }
        });
      }
      case 'fixed-list': {
        const other = expected as typeof found;
        if (found.length !== other.length) return this.differ(path, expected, found);
        return this.within(path, expected, found, () => this.any(found.element, other.element, `${path}[]`));
      }
      case 'list': {
        const other = expected as typeof found;
        return this.within(path, expected, found, () => this.any(found.element, other.element, `${path}[]`));
      }
      case 'map': {
        const other = expected as typeof found;
        return this.within(path, expected, found, () => {
          this.any(found.key, other.key, `${path}[key]`);
          this.any(found.value, other.value, `${path}[value]`);
        });
      }
      case 'option': {
        const other = expected as typeof found;
        return this.within(path, expected, found, () => this.any(found.value, other.value, `${path}?`));
      }
      case 'result': {
        const other = expected as typeof found;
        return this.within(path, expected, found, () => {
          this.optional(found.ok, other.ok, `${path}.ok`);
          this.optional(found.err, other.err, `${path}.err`);
        });
      }
      case 'own':
      case 'borrow':
        return this.any(found.resource, (expected as typeof found).resource, path);
      case 'stream': {
        const other = expected as typeof found;
        return this.within(path, expected, found, () =>
          this.optional(found.element, other.element, `${path}[]`),
        );
      }
      case 'future': {
        const other = expected as typeof found;
        return this.within(path, expected, found, () =>
          this.optional(found.value, other.value, `${path}.value`),
        );
      }
    }
  }

  /**
   * Compares what a generic type holds. Where that differs right there, the whole type is reported at its own
   * path (`list<string>` against `list<u8>`); what differs deeper keeps the deeper path.
   */
  private within(path: string, expected: ValueType, found: ValueType, compare: () => void): void {
    const before = this.found.length;
    compare();
    const parts = this.found.splice(before);
    const deeper = parts.filter((mismatch) => !DIRECT.has(mismatch.path.slice(path.length)));
    if (deeper.length < parts.length) this.differ(path, expected, found);
    this.found.push(...deeper);
  }
}

function sameNames(
  a: readonly { readonly name: string }[],
  b: readonly { readonly name: string }[],
): boolean {
  return a.length === b.length && a.every((item, at) => item.name === b[at]?.name);
}
