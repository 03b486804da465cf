import { hex, Malformed } from '../binary/malformed.ts';
import { Reader } from '../binary/reader.ts';
import type { Result } from '../diagnostics/result.ts';
import { success } from '../diagnostics/result.ts';
import { readCanon } from './decode-canon.ts';
import { skipCoreType } from './decode-core-type.ts';
import {
  readAlias,
  readCoreSort,
  readExternDesc,
  readExternName,
  readSort,
  readType,
  readValueRef,
} from './decode-type.ts';
import { guarded } from './guarded.ts';
import { LIMITS } from './limits.ts';
import { SECTION, type ComponentSyntax, type Definition, type Section, type SortIndex } from './syntax.ts';

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];

export function isComponent(bytes: Uint8Array): boolean {
  return PREAMBLE.every((byte, at) => bytes[at] === byte);
}

/**
 * Decodes a component's binary form: every section, nested components included; core modules and custom
 * sections stay views. Diagnostics: `component/malformed`, `component/unknown-opcode`, `component/limit`, each
 * with the byte offset in `where`. Never throws, whatever the bytes.
 *
 * Source: component-model, design/mvp/Binary.md.
 */
export function decodeComponent(bytes: Uint8Array): Result<ComponentSyntax> {
  return guarded(() => success(readComponent(bytes)));
}

/** As decodeComponent, but throws Malformed: for the stages of this room. */
export function readComponent(bytes: Uint8Array): ComponentSyntax {
  return component(new Reader(bytes), { left: LIMITS.definitions }, 0);
}

interface Budget {
  left: number;
}

function component(reader: Reader, budget: Budget, nesting: number): ComponentSyntax {
  const start = reader.offset;
  if (nesting > LIMITS.nesting) throw new Malformed('limit', 'components nest too deep', start);
  if (
    !PREAMBLE.every((byte, at) => reader.file[start + at] === byte) ||
    reader.end - start < PREAMBLE.length
  ) {
    throw new Malformed('malformed', 'not a WebAssembly component', start, {
      expected: PREAMBLE.map((byte) => hex(byte)).join(' '),
      found:
        [...reader.file.subarray(start, Math.min(start + 8, reader.end))]
          .map((byte) => hex(byte))
          .join(' ') || 'nothing',
    });
  }
  reader.offset += PREAMBLE.length;
  const sections: Section[] = [];
  while (!reader.done) sections.push(section(reader, budget, nesting));
  return { sections, start, end: reader.end };
}

function section(outer: Reader, budget: Budget, nesting: number): Section {
  const header = outer.offset;
  const id = outer.byte();
  const reader = outer.part(outer.u32());
  const start = reader.offset;
  const definitions = readDefinitions(id, header, reader, budget, nesting);
  reader.expectEnd('a section');
  return { id, header, start, end: reader.end, definitions };
}

function readDefinitions(
  id: number,
  header: number,
  reader: Reader,
  budget: Budget,
  nesting: number,
): Definition[] {
  const offset = reader.offset;
  switch (id) {
    case SECTION.custom: {
      const name = reader.text();
      const start = reader.offset;
      reader.bytes(reader.end - start);
      return [{ is: 'custom', offset, name, start, end: reader.end }];
    }
    case SECTION.coreModule:
      reader.bytes(reader.end - offset);
      return [{ is: 'core-module', offset, start: offset, end: reader.end }];
    case SECTION.component:
      return [{ is: 'component', offset, component: component(reader, budget, nesting + 1) }];
    case SECTION.start:
      return [
        {
          is: 'start',
          offset,
          func: reader.u32(),
          args: reader.vector((r) => r.u32()),
          results: reader.u32(),
        },
      ];
  }
  const read = DEFINITIONS[id];
  if (!read) throw new Malformed('unknown-opcode', `unknown section ${hex(id)}`, header, { found: hex(id) });
  return reader.vector((r) => {
    if (budget.left-- <= 0) throw new Malformed('limit', 'too many definitions', r.offset);
    return read(r, r.offset);
  });
}

const DEFINITIONS: { readonly [id: number]: (reader: Reader, offset: number) => Definition } = {
  [SECTION.coreInstance]: (reader, offset) => {
    const form = reader.byte();
    if (form === 0x00) {
      const module = reader.u32();
      return { is: 'core-instance', offset, module, args: reader.vector(coreArgument) };
    }
    if (form === 0x01) return { is: 'core-instance', offset, args: reader.vector(coreArgument) };
    throw reader.unknown('core instance', form);
  },
  [SECTION.coreType]: (reader, offset) => {
    skipCoreType(reader);
    return { is: 'core-type', offset };
  },
  [SECTION.instance]: (reader, offset) => {
    const form = reader.byte();
    if (form === 0x00) {
      const index = reader.u32();
      const args = reader.vector((r) => ({ name: r.text(), index: sortIndex(r) }));
      return { is: 'instance', offset, component: index, args };
    }
    if (form === 0x01) {
      const args = reader.vector((r) => ({ name: readExternName(r).name, index: sortIndex(r) }));
      return { is: 'instance', offset, args };
    }
    throw reader.unknown('instance', form);
  },
  [SECTION.alias]: (reader, offset) => ({ is: 'alias', offset, alias: readAlias(reader) }),
  [SECTION.type]: (reader, offset) => ({ is: 'type', offset, type: readType(reader) }),
  [SECTION.canon]: (reader, offset) => ({ is: 'canon', offset, canon: readCanon(reader) }),
  [SECTION.import]: (reader, offset) => ({
    is: 'import',
    offset,
    name: readExternName(reader),
    desc: readExternDesc(reader),
  }),
  [SECTION.export]: (reader, offset) => {
    const name = readExternName(reader);
    const index = sortIndex(reader);
    const ascribed = reader.byte();
    if (ascribed > 1) throw reader.unknown('option', ascribed);
    return { is: 'export', offset, name, index, ...(ascribed === 1 && { desc: readExternDesc(reader) }) };
  },
  [SECTION.value]: (reader, offset) => {
    const type = readValueRef(reader);
    reader.bytes(reader.u32());
    return { is: 'value', offset, type };
  },
};

function sortIndex(reader: Reader): SortIndex {
  return { sort: readSort(reader), index: reader.u32() };
}

function coreArgument(reader: Reader): { name: string; index: SortIndex } {
  return { name: reader.text(), index: { sort: readCoreSort(reader), index: reader.u32() } };
}
