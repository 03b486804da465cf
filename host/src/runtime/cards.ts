import type { CoreImports } from './intrinsics.ts';

/**
 * A memory is looked at in cards of 4 KiB. Beside it stands a memory of marks with one byte for each card, not 0
 * if any write has begun in it since the marks were cleared.
 */
export const CARD_LOG2 = 12;
/** No single write is longer, in bytes: so far may one that begins in a card reach into the next. */
export const LONGEST_WRITE = 16;

/** The marks of a module's imported memory are imported from this group, as `<module>\0<name>` of the memory. */
export const MARKS_GROUP = 'tenon:marks';
/** The marks of a defined memory are exported under this and the name of the memory's own export. */
export const MARKS_PREFIX = 'tenon:marks/';

/** What the glue needs to mark what it writes itself, see glue-marks.ts. */
export interface GlueMarks {
  /** The memory as it is, with the card of that address marked. */
  marked(memory: WebAssembly.Memory, address: number): WebAssembly.Memory;
  /** The memory as it is, with all cards marked that these bytes touch. */
  markedRange(memory: WebAssembly.Memory, start: number, length: number): WebAssembly.Memory;
  /** The allocator as it is, with all of what it allocates marked: the glue fills that. */
  marking(allocate: Allocate): Allocate;
}

/** `cabi_realloc`: gives the address of so many bytes. */
export type Allocate = (old: number, oldSize: number, alignment: number, size: number) => number;

/** Which cards of an instance's memories have been written. */
export interface CardMarks extends GlueMarks {
  /** The imports of a core module with the marks that it asks for. */
  imports(module: WebAssembly.Module, given: CoreImports | undefined): CoreImports | undefined;
  /** To be told of each instance's exports: they tell which marks are which memory's. */
  exported(exports: WebAssembly.Exports): void;
  /** The marks of a memory; undefined if its module does not mark what it writes. */
  of(memory: WebAssembly.Memory): Uint8Array | undefined;
}

export function createCardMarks(): CardMarks {
  const memories = new Map<WebAssembly.Memory, WebAssembly.Memory>();
  const marks = new Map<WebAssembly.Memory, Uint8Array>();
  let lastMemory: WebAssembly.Memory | undefined;
  let lastMarks: Uint8Array | undefined;

  const marksOf = (memory: WebAssembly.Memory): Uint8Array | undefined => {
    if (memory !== lastMemory) {
      lastMemory = memory;
      lastMarks = marks.get(memory);
    }
    return lastMarks;
  };
  const markRange = (of: Uint8Array, start: number, length: number): void => {
    // An address is an i32, which JavaScript sees with a sign.
    const from = start >>> 0;
    if (length > 2 ** CARD_LOG2) of.fill(1, from >>> CARD_LOG2, Math.ceil((from + length) / 2 ** CARD_LOG2));
    else if (length > 0) {
      // Most are short, and filling takes longer than these two.
      of[from >>> CARD_LOG2] = 1;
      of[(from + length - 1) >>> CARD_LOG2] = 1;
    }
  };

  return {
    imports(module, given) {
      const wanted = marksImports(module);
      if (wanted.length === 0) return given;
      const group: Record<string, WebAssembly.ImportValue> = {};
      for (const name of wanted) {
        const [from = '', member = ''] = name.split('\0');
        const memory = given?.[from]?.[member];
        const found = memory instanceof WebAssembly.Memory && memories.get(memory);
        if (!found) throw new Error(`no module tells the marks of the memory ${from} ${member}`);
        group[name] = found;
      }
      return { ...given, [MARKS_GROUP]: group };
    },
    exported(exports) {
      for (const [name, value] of Object.entries(exports)) {
        if (!name.startsWith(MARKS_PREFIX)) continue;
        const memory = exports[name.slice(MARKS_PREFIX.length)] as WebAssembly.Memory;
        memories.set(memory, value as WebAssembly.Memory);
        marks.set(memory, new Uint8Array((value as WebAssembly.Memory).buffer));
      }
    },
    of: (memory) => marks.get(memory),
    marked(memory, address) {
      const found = marksOf(memory);
      if (found) found[address >>> CARD_LOG2] = 1;
      return memory;
    },
    markedRange(memory, start, length) {
      const found = marksOf(memory);
      if (found) markRange(found, start, length);
      return memory;
    },
    marking: (allocate) => (old, oldSize, alignment, size) => {
      const start = allocate(old, oldSize, alignment, size);
      // Which memory it is in is not known here; marks too many cost a copy of a card.
      for (const of of marks.values()) markRange(of, start, size);
      return start;
    },
  };
}

const knownImports = new WeakMap<WebAssembly.Module, readonly string[]>();

function marksImports(module: WebAssembly.Module): readonly string[] {
  let found = knownImports.get(module);
  if (!found) {
    found = WebAssembly.Module.imports(module)
      .filter((one) => one.module === MARKS_GROUP)
      .map(({ name }) => name);
    knownImports.set(module, found);
  }
  return found;
}
