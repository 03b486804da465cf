import { Malformed } from '../../binary/malformed.ts';
import { CORE_SECTION, coreMemories, coreNames, coreSections } from '../../binary/core-module.ts';
import { Reader } from '../../binary/reader.ts';
import type { ComponentSyntax } from '../../component/syntax.ts';

/** A toolchain's mark: `processed-by componentize-qjs 0.4.5`. */
export interface Producer {
  /** `language`, `processed-by` or `sdk`. */
  readonly field: string;
  readonly name: string;
  readonly version: string;
}

/** Bytes of a part of the file by what they are for. */
export interface Sizes {
  readonly total: number;
  readonly code: number;
  readonly data: number;
  /** Names, producers, debugging information: custom sections. */
  readonly custom: number;
  /** Types, imports, exports, wiring. */
  readonly rest: number;
}

/** A core module in the file. */
export interface CoreModule {
  readonly start: number;
  readonly bytes: number;
  readonly name?: string;
  /** How many it defines itself. */
  readonly memories: number;
  readonly tables: number;
  readonly sizes: Sizes;
  readonly producers: readonly Producer[];
}

const DATA_SECTION = 11;

/** What is known of a core module that lies at these bytes of the file. Throws Malformed. */
export function readCoreModule(file: Uint8Array, start: number, end: number): CoreModule {
  const module = file.subarray(start, end);
  const sections = coreSections(module);
  let [code, data, custom] = [0, 0, 0];
  for (const section of sections) {
    const size = section.end - section.header;
    if (section.id === CORE_SECTION.code) code += size;
    else if (section.id === DATA_SECTION) data += size;
    else if (section.id === CORE_SECTION.custom) custom += size;
  }
  const tables = sections
    .filter(({ id }) => id === CORE_SECTION.table)
    .reduce((sum, section) => sum + new Reader(module, section.start, section.end).count(), 0);
  const producers = sections
    .filter(({ name }) => name === 'producers')
    .flatMap((section) => readProducers(module.subarray(section.start, section.end)));
  const name = moduleName(module);
  return {
    start,
    bytes: module.length,
    memories: coreMemories(module).length,
    tables,
    sizes: { total: module.length, code, data, custom, rest: module.length - code - data - custom },
    producers,
    ...(name !== undefined && { name }),
  };
}

function moduleName(module: Uint8Array): string | undefined {
  try {
    return coreNames(module).module;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** Every core module of a component, at any depth, by where it begins in the file. */
export function readCoreModules(file: Uint8Array, component: ComponentSyntax): Map<number, CoreModule> {
  const found = new Map<number, CoreModule>();
  const visit = (syntax: ComponentSyntax): void => {
    for (const { definitions } of syntax.sections) {
      for (const one of definitions) {
        if (one.is === 'core-module') found.set(one.start, readCoreModule(file, one.start, one.end));
        if (one.is === 'component') visit(one.component);
      }
    }
  };
  visit(component);
  return found;
}

/** The contents of a custom section `producers`; empty where they are malformed. */
export function readProducers(section: Uint8Array): Producer[] {
  const found: Producer[] = [];
  try {
    const reader = new Reader(section);
    reader.vector((fields) => {
      const field = fields.text();
      fields.vector((values) => found.push({ field, name: values.text(), version: values.text() }));
    });
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
  }
  return found;
}

/** Producers of a component itself and of what it nests, each once. */
export function producersOf(
  file: Uint8Array,
  component: ComponentSyntax,
  modules: ReadonlyMap<number, CoreModule>,
): Producer[] {
  const found = new Map<string, Producer>();
  const add = (producers: readonly Producer[]): void => {
    for (const one of producers) found.set(`${one.field} ${one.name} ${one.version}`, one);
  };
  const visit = (syntax: ComponentSyntax): void => {
    for (const { definitions } of syntax.sections) {
      for (const one of definitions) {
        if (one.is === 'custom' && one.name === 'producers')
          add(readProducers(file.subarray(one.start, one.end)));
        if (one.is === 'core-module') add(modules.get(one.start)?.producers ?? []);
        if (one.is === 'component') visit(one.component);
      }
    }
  };
  visit(component);
  return [...found.values()];
}

/** Where the bytes of a component go, what it nests included. */
export function sizesOf(component: ComponentSyntax, modules: ReadonlyMap<number, CoreModule>): Sizes {
  const total = component.end - component.start;
  let [code, data, custom] = [0, 0, 0];
  for (const section of component.sections) {
    for (const one of section.definitions) {
      if (one.is === 'custom') custom += section.end - section.header;
      const inner =
        one.is === 'core-module'
          ? modules.get(one.start)?.sizes
          : one.is === 'component'
            ? sizesOf(one.component, modules)
            : undefined;
      code += inner?.code ?? 0;
      data += inner?.data ?? 0;
      custom += inner?.custom ?? 0;
    }
  }
  return { total, code, data, custom, rest: total - code - data - custom };
}
