import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { componentEmbed, componentNew, parse } from '@bytecodealliance/jco-transpile/wasm-tools';

const WIT = fileURLToPath(new URL('../../../wit/', import.meta.url));
/** Every package that the world may reach; all of WASI here has one version. */
const PACKAGES = ['orders-fulfilment', 'deps/fermyon-spin@2.0.0'];
const WASI = [
  'deps/wasi-cli',
  'deps/wasi-clocks',
  'deps/wasi-filesystem',
  'deps/wasi-io',
  'deps/wasi-random',
];

/**
 * Fulfilment without any engine: a core module by hand, as a compiler of another language would make it. It
 * keeps a mutable global that it does not export, and traps where that is not as in a new instance. Details
 * `grow` let its memory grow by a MiB, `grow much` by 256 MiB, trapping if it cannot. With a version of WASI, it also
 * draws a random number and writes `submitted` to standard error.
 */
export async function handWrittenFulfilment(wasi?: string): Promise<Uint8Array> {
  const packages = await Promise.all(
    [...PACKAGES, ...(wasi === undefined ? [] : WASI)].map((folder) => packageText(join(WIT, folder))),
  );
  const witSource = `package tenon:build;
${packages.join('\n').replaceAll('0.2.12', wasi ?? '0.2.12')}
package hand:written {
  world fulfilment {
    import fermyon:spin/key-value@2.0.0;
    ${wasi === undefined ? '' : `import wasi:cli/stderr@${wasi}; import wasi:random/random@${wasi};`}
    export orders:fulfilment/fulfilment@0.1.0;
  }
}`;
  const binary = await parse(coreModule(wasi));
  return componentNew(
    await componentEmbed({ binary, witSource, world: 'hand:written/fulfilment', stringEncoding: 'utf8' }),
  );
}

/** A package of several files as one text in braces. */
async function packageText(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.wit')).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  const header = /^package ([^;]+);$/m;
  const id = texts.map((text) => header.exec(text)?.[1]).find((found) => found !== undefined);
  return `package ${id} {\n${texts.map((text) => text.replace(header, '')).join('\n')}\n}`;
}

/** Data: 16 `default`, 32 `fulfilled`, 48 `submitted`; 64 a result; 96 the id's digits; from 1024 what it is given. */
function coreModule(wasi: string | undefined): string {
  const imports = `
    (import "wasi:cli/stderr@${wasi}" "get-stderr" (func $stderr (result i32)))
    (import "wasi:io/streams@${wasi}" "[method]output-stream.blocking-write-and-flush"
      (func $write (param i32 i32 i32 i32)))
    (import "wasi:io/streams@${wasi}" "[resource-drop]output-stream" (func $close (param i32)))
    (import "wasi:random/random@${wasi}" "get-random-u64" (func $random (result i64)))`;
  const report = `
      (drop (call $random))
      (local.set $handle (call $stderr))
      (call $write (local.get $handle) (i32.const 48) (i32.const 10) (i32.const 64))
      (if (i32.load8_u (i32.const 64)) (then unreachable))
      (call $close (local.get $handle))`;
  return `(module
    (import "fermyon:spin/key-value@2.0.0" "[static]store.open" (func $open (param i32 i32 i32)))
    (import "fermyon:spin/key-value@2.0.0" "[method]store.set" (func $set (param i32 i32 i32 i32 i32 i32)))
    (import "fermyon:spin/key-value@2.0.0" "[resource-drop]store" (func $drop (param i32)))
    ${wasi === undefined ? '' : imports}
    (memory (export "memory") 2)
    (data (i32.const 16) "default")
    (data (i32.const 32) "fulfilled")
    (data (i32.const 48) "submitted\\n")
    (global $submitted (mut i32) (i32.const 0))
    (global $free (mut i32) (i32.const 1024))
    (func (export "cabi_realloc") (param $old i32) (param $oldsize i32) (param $align i32) (param $size i32)
      (result i32)
      (local $at i32)
      (local.set $at (i32.and
        (i32.add (global.get $free) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
      (global.set $free (i32.add (local.get $at) (local.get $size)))
      (local.get $at))
    (func $grow (param $pages i32)
      (if (i32.eq (memory.grow (local.get $pages)) (i32.const -1)) (then unreachable)))
    (func (export "orders:fulfilment/fulfilment@0.1.0#submit")
      (param $id i32) (param $details i32) (param $length i32) (param $status i32)
      (local $key i32) (local $handle i32)
      (if (global.get $submitted) (then unreachable))
      (global.set $submitted (i32.const 1))
      ;; "grow" and "grow much", by their lengths
      (if (i32.eq (local.get $length) (i32.const 4)) (then (call $grow (i32.const 16))))
      (if (i32.eq (local.get $length) (i32.const 9)) (then (call $grow (i32.const 4096))))
      (local.set $key (i32.const 106))
      (loop $digits
        (local.set $key (i32.sub (local.get $key) (i32.const 1)))
        (i32.store8 (local.get $key)
          (i32.add (i32.const 48) (i32.rem_u (local.get $id) (i32.const 10))))
        (local.set $id (i32.div_u (local.get $id) (i32.const 10)))
        (br_if $digits (local.get $id)))
      (call $open (i32.const 16) (i32.const 7) (i32.const 64))
      (if (i32.load8_u (i32.const 64)) (then unreachable))
      (local.set $handle (i32.load (i32.const 68)))
      (call $set (local.get $handle)
        (local.get $key) (i32.sub (i32.const 106) (local.get $key))
        (i32.const 32) (i32.const 9) (i32.const 64))
      (if (i32.load8_u (i32.const 64)) (then unreachable))
      (call $drop (local.get $handle))
      ${wasi === undefined ? '' : report})
  )`;
}
