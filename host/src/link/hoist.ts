import { Writer } from '../binary/writer.ts';
import { SECTION, type ComponentSyntax, type Definition, type Section } from '../component/syntax.ts';
import { fileOf, type CoreModule, type Node } from './flatten/nodes.ts';
import { outerModule, writeComponent, type Elsewhere } from './flatten/write.ts';

/** A component to be nested in the result: its bytes and their decoded form, or what is written in their place. */
export interface Nested {
  readonly bytes: Uint8Array;
  readonly syntax: ComponentSyntax;
  readonly definitions?: readonly Node[];
}

export interface Hoisted {
  /** Core modules that the outer component defines, in the order of its index space. */
  readonly modules: readonly Writer[];
  /** The nested components with those modules replaced by outer aliases; in the order given. */
  readonly components: readonly Writer[];
  readonly savedBytes: number;
}

/** An alias costs about ten bytes; smaller modules are not worth one. */
const SMALLEST = 64;

/** Where a core module stands: its definition as it was decoded, or in what was rearranged. */
type Place = CoreModule | Definition;
type ModuleAt = (place: Place) => number | undefined;

/** A component with all its modules. */
function whole({ bytes, syntax, definitions }: Nested): Writer {
  return definitions
    ? writeComponent(definitions)
    : new Writer().bytes(bytes.subarray(syntax.start, syntax.end));
}

/** Whether they are written as the same bytes. */
export function sameComponents(a: Nested, b: Nested): boolean {
  if (a.definitions === b.definitions && a.bytes === b.bytes) return true;
  return whole(a).equals(whole(b));
}

/**
 * The same for the same components, and nearly always another for others: so that what was rearranged is written only
 * where it might be the same.
 */
export function weightOf({ bytes, syntax, definitions }: Nested): number {
  const modules = definitions ? modulesOf(definitions) : modulesIn(bytes, syntax);
  let sum = 0;
  for (const [, module] of modules) sum += module.length;
  return sum;
}

/**
 * Moves core modules that occur more than once, at any depth, into the outer component, where each stands
 * once. Index spaces stay as they were: an alias takes the place that the module had.
 */
export function hoistModules(nested: readonly Nested[], enabled: boolean): Hoisted {
  const kinds = enabled ? repeatedModules(nested) : [];
  if (kinds.length === 0) return { modules: [], components: nested.map(whole), savedBytes: 0 };
  const indices = new Map(kinds.flatMap(({ places }, at) => places.map((place) => [place, at] as const)));
  const moduleAt: ModuleAt = (place) => indices.get(place);
  const modules = kinds.map(({ module }) => module);
  const elsewhere: Elsewhere = {
    module: moduleAt,
    component: (node, depth) => rewrite(fileOf(node), node.syntax, depth, moduleAt),
    saved: 0,
  };
  const components = nested.map(({ bytes, syntax, definitions }) => {
    if (definitions) return writeComponent(definitions, elsewhere);
    const written = rewrite(bytes, syntax, 1, moduleAt);
    elsewhere.saved += syntax.end - syntax.start - written.length;
    return written;
  });
  const savedBytes = modules.reduce((saved, { length }) => saved - length, elsewhere.saved);
  return { modules, components, savedBytes };
}

interface Kind {
  readonly module: Writer;
  readonly places: Place[];
}

/** Modules that occur more than once, in the order of their first place, and all their places. */
function repeatedModules(nested: readonly Nested[]): Kind[] {
  const kinds: Kind[] = [];
  const byLength = new Map<number, Kind[]>();
  for (const { bytes, syntax, definitions } of nested) {
    for (const [place, module] of definitions ? modulesOf(definitions) : modulesIn(bytes, syntax)) {
      if (module.length < SMALLEST) continue;
      const alike = byLength.get(module.length) ?? [];
      byLength.set(module.length, alike);
      const known = alike.find((other) => other.module.equals(module));
      if (known) {
        known.places.push(place);
      } else {
        const kind = { module, places: [place] };
        alike.push(kind);
        kinds.push(kind);
      }
    }
  }
  return kinds.filter(({ places }) => places.length > 1);
}

function* modulesOf(definitions: readonly Node[]): Generator<readonly [Place, Writer]> {
  for (const node of definitions) {
    if (node.is === 'core-module') yield [node, node.rewritten ?? new Writer().bytes(node.bytes)];
    if (node.is !== 'component') continue;
    if (node.rearranged) yield* modulesOf(node.rearranged);
    else yield* modulesIn(fileOf(node), node.syntax);
  }
}

function* modulesIn(bytes: Uint8Array, component: ComponentSyntax): Generator<readonly [Place, Writer]> {
  for (const section of component.sections) {
    for (const definition of section.definitions) {
      if (definition.is === 'core-module')
        yield [definition, new Writer().bytes(bytes.subarray(definition.start, definition.end))];
      if (definition.is === 'component') yield* modulesIn(bytes, definition.component);
    }
  }
}

/** The component's bytes with hoisted modules replaced; runs of sections that stay are copied as one view. */
function rewrite(bytes: Uint8Array, component: ComponentSyntax, depth: number, moduleAt: ModuleAt): Writer {
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
      const index = moduleAt(definition);
      return index === undefined ? undefined : new Writer().section(SECTION.alias, outerModule(depth, index));
    }
    if (definition?.is !== 'component' || !holds(definition.component)) return undefined;
    return new Writer().section(SECTION.component, rewrite(bytes, definition.component, depth + 1, moduleAt));
  }

  /** Whether any of its modules is replaced. */
  function holds({ sections }: ComponentSyntax): boolean {
    return sections.some(({ definitions }) =>
      definitions.some(
        (one) =>
          (one.is === 'core-module' && moduleAt(one) !== undefined) ||
          (one.is === 'component' && holds(one.component)),
      ),
    );
  }
}
