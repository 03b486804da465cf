import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { LACKING, NATIVE, PROVIDED } from '../src/registry.ts';

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const compiler = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin',
  'tsc',
);

/** The compiler's complaints about files, with the declarations of services in place of the DOM's. */
async function typeErrors(lib: string, files: readonly string[], source = ''): Promise<string> {
  const temporary = await mkdtemp(join(tmpdir(), 'guest-'));
  try {
    const compilerOptions = {
      target: 'esnext',
      lib: [lib],
      module: 'esnext',
      moduleResolution: 'bundler',
      moduleDetection: 'force',
      types: [],
      strict: true,
      noUncheckedIndexedAccess: true,
      allowImportingTsExtensions: true,
      noEmit: true,
    };
    await writeFile(join(temporary, 'source.ts'), source);
    const config = {
      compilerOptions,
      files: [folder('../globals.d.ts'), ...files, join(temporary, 'source.ts')],
    };
    await writeFile(join(temporary, 'tsconfig.json'), JSON.stringify(config));
    return await new Promise((resolve) => {
      execFile(
        process.execPath,
        [compiler, '-p', temporary, '--pretty', 'false'],
        { cwd: temporary },
        (_, out) => resolve(out),
      );
    });
  } finally {
    await rm(temporary, { recursive: true });
  }
}

/** Names that the libraries of ECMAScript declare, or that are no values by themselves. */
const OF_ECMASCRIPT = new Set(['Atomics', 'Intl', 'SharedArrayBuffer']);

test('the guest compiles without the DOM, and has what its declarations say', async () => {
  expect(await typeErrors('esnext', [folder('../src/host.d.ts'), folder('types/conforms.mts')])).toBe('');
});

test('what a service has is declared', async () => {
  const newer = new Set([
    'AsyncDisposableStack',
    'DisposableStack',
    'Float16Array',
    'InternalError',
    'Iterator',
    'SuppressedError',
  ]);
  const names = [...Object.keys(PROVIDED), ...NATIVE].filter((name) => !newer.has(name));
  const source = names.map((name, i) => `export const x${i}: unknown = ${name};`).join('\n');
  expect(await typeErrors('es2023', [], source)).toBe('');
});

test('what a component lacks is an error of types', async () => {
  const names = Object.keys(LACKING).filter((name) => !OF_ECMASCRIPT.has(name));
  const source = names.map((name, i) => `export const x${i}: unknown = ${name};`).join('\n');
  const errors = await typeErrors('es2023', [], source);
  const lines = new Set(Array.from(errors.matchAll(/source\.ts\((\d+),/g), ([, line]) => Number(line)));
  expect(names.filter((_, i) => !lines.has(i + 1))).toEqual([]);
});
