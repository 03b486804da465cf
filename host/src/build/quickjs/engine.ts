import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { CORE_SECTION, coreExports, coreImports } from '../../binary/core-module.ts';
import { Malformed } from '../../binary/malformed.ts';
import { Reader } from '../../binary/reader.ts';
import { problem, type TenonError } from '../../diagnostics/error.ts';

/** Every one of the engines begins so: the preamble, and a section for dynamic linking, which must come first. */
const LINKABLE = Buffer.from('\0asm\x01\0\0\0\0\x12\x08dylink.0', 'latin1');

let known: Uint8Array | undefined;

/**
 * The engine that componentize-qjs carries inside its native library: QuickJS with what binds it to WIT, a core module
 * for dynamic linking. Read once. Throws TenonError `internal/bug` where the package has another form.
 */
export function quickJsEngine(): Uint8Array {
  known ??= findEngine(readFileSync(nativeLibrary()));
  return known;
}

function nativeLibrary(): string {
  const require = createRequire(import.meta.url);
  require('componentize-qjs');
  const file = Object.keys(require.cache).find((one) => /componentize-qjs[^/\\]*\.node$/.test(one));
  if (file === undefined) throw unexpected('a native library that it loads', 'none');
  return file;
}

/**
 * Finds the engine for synchronous components that is made for speed. The library holds the bytes of four engines:
 * each kind, for speed and for size, with and without async functions. Throws TenonError `internal/bug`.
 */
export function findEngine(library: Buffer): Uint8Array {
  const synchronous = modulesIn(library)
    .filter((module) => exportsOf(module).has('wit_dylib_initialize'))
    .filter((module) => !coreImports(module).some(({ name }) => name === '[context-get-0]'))
    .toSorted((a, b) => b.length - a.length);
  const [fastest] = synchronous;
  if (!fastest || synchronous.length !== 2)
    throw unexpected('two engines for synchronous components', `${synchronous.length}`);
  // Of its own, so that the library's forty megabytes can go.
  return fastest.slice();
}

function exportsOf(module: Uint8Array): ReadonlySet<string> {
  try {
    return new Set(coreExports(module).map(({ name }) => name));
  } catch (error) {
    if (error instanceof Malformed) return new Set();
    throw error;
  }
}

function modulesIn(library: Buffer): Uint8Array[] {
  const modules: Uint8Array[] = [];
  for (let at = library.indexOf(LINKABLE); at >= 0; at = library.indexOf(LINKABLE, at + 1)) {
    const end = moduleEnd(library, at);
    modules.push(new Uint8Array(library.buffer, library.byteOffset + at, end - at));
  }
  return modules;
}

const NAME = /^[ -~]{1,300}$/;
const DATA = 11;

/**
 * Where a module ends that stands in the midst of other bytes: behind the last thing that can be a section of it,
 * custom sections with a name of printable letters.
 */
function moduleEnd(library: Uint8Array, start: number): number {
  const reader = new Reader(library, start + 8);
  let end = reader.offset;
  try {
    for (;;) {
      const id = reader.byte();
      if (id > DATA + 2) return end;
      const contents = reader.part(reader.u32());
      if (id === CORE_SECTION.custom && !NAME.test(contents.text())) return end;
      end = contents.end;
    }
  } catch (error) {
    if (error instanceof Malformed) return end;
    throw error;
  }
}

export function unexpected(expected: string, found: string): TenonError {
  return problem('internal/bug', 'componentize-qjs is not built as expected', {
    where: 'componentize-qjs',
    expected,
    found,
  });
}
