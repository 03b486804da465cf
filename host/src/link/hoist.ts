import { Writer } from '../binary/writer.ts';
import { SECTION, type ComponentSyntax, type Section } from '../component/syntax.ts';

/** A component to be nested in the result, as its bytes and their decoded form. */
export interface Nested {
  readonly bytes: Uint8Array;
  readonly syntax: ComponentSyntax;
}

export interface Hoisted {
  /** Core modules that the outer component defines, in the order of its index space. */
  readonly modules: readonly Uint8Array[];
  /** The nested components with those modules replaced by outer aliases; in the order given. */
  readonly components: readonly Writer[];
  readonly savedBytes: number;
}

/** An alias costs about ten bytes; smaller modules are not worth one. */
const SMALLEST = 64;

/**
 * Moves core modules that occur more than once, at any depth, into the outer component, where each stands
 * once. Index spaces stay as they were: an alias takes the place that the module had.
 */
export function hoistModules(nested: readonly Nested[], enabled: boolean): Hoisted {
  const repeated = enabled ? repeatedModules(nested) : new Map<number, Uint8Array>();
  const modules = [...new Set(repeated.values())];
  const indices = new Map(modules.map((module, index) => [module, index]));
  const before = nested.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const components = nested.map(({ bytes, syntax }, at) => {
    const hoistedAt = (start: number): number | undefined => {
      const module = repeated.get(key(at, start));
      return module && indices.get(module);
    };
    return rewrite(bytes, syntax, 1, hoistedAt);
  });
  const after = [...components, ...modules].reduce((sum, { length }) => sum + length, 0);
  return { modules, components, savedBytes: modules.length === 0 ? 0 : before - after };
}

/** Component and offset as one number: offsets stay below 2^32. */
function key(component: number, start: number): number {
  return component * 2 ** 32 + start;
}

/** Where modules stand that occur more than once, each with the one view that stands for its like. */
function repeatedModules(nested: readonly Nested[]): Map<number, Uint8Array> {
  const kinds: { module: Uint8Array; places: number[] }[] = [];
  const byLength = new Map<number, { module: Uint8Array; places: number[] }[]>();
  for (const [at, { bytes, syntax }] of nested.entries()) {
    for (const [start, end] of coreModules(syntax)) {
      if (end - start < SMALLEST) continue;
      const module = bytes.subarray(start, end);
      const alike = byLength.get(module.length) ?? [];
      byLength.set(module.length, alike);
      const known = alike.find((other) => sameBytes(other.module, module));
      if (known) {
        known.places.push(key(at, start));
      } else {
        const kind = { module, places: [key(at, start)] };
        alike.push(kind);
        kinds.push(kind);
      }
    }
  }
  const repeated = new Map<number, Uint8Array>();
  for (const { module, places } of kinds) {
    if (places.length > 1) for (const place of places) repeated.set(place, module);
  }
  return repeated;
}

function* coreModules(component: ComponentSyntax): Generator<readonly [start: number, end: number]> {
  for (const section of component.sections) {
    for (const definition of section.definitions) {
      if (definition.is === 'core-module') yield [definition.start, definition.end];
      if (definition.is === 'component') yield* coreModules(definition.component);
    }
  }
}

/** Whether two views hold the same bytes; as memory, since modules are large. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  return memory(a).equals(memory(b));
}

function memory({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

/** The component's bytes with hoisted modules replaced; runs of sections that stay are copied as one view. */
function rewrite(
  bytes: Uint8Array,
  component: ComponentSyntax,
  depth: number,
  hoistedAt: (start: number) => number | undefined,
): Writer {
  const out = new Writer();
  let copied = component.start;
  for (const section of component.sections) {
    const replacement = replace(section);
    if (!replacement) continue;
    out.bytes(bytes.subarray(copied, section.header)).append(replacement);
    copied = section.end;
  }
  return out.bytes(bytes.subarray(copied, component.end));

  function replace(section: Section): Writer | undefined {
    const [definition] = section.definitions;
    if (definition?.is === 'core-module') {
      const index = hoistedAt(definition.start);
      if (index === undefined) return undefined;
      const alias = new Writer().u32(1).byte(0x00, 0x11, 0x02).u32(depth).u32(index);
      return new Writer().section(SECTION.alias, alias);
    }
    if (definition?.is === 'component') {
      const inner = [...coreModules(definition.component)].some(([start]) => hoistedAt(start) !== undefined);
      if (!inner) return undefined;
      return new Writer().section(
        SECTION.component,
        rewrite(bytes, definition.component, depth + 1, hoistedAt),
      );
    }
    return undefined;
  }
}
