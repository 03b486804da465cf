import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TenonError } from '../diagnostics/error.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { expectGolden } from '../../test/golden.ts';
import { makeProject, type Project } from '../../test/fixtures/project.ts';
import { bundleService, type Bundle } from './bundle.ts';
import { readSourceMap } from './source-map.ts';

const KEY_VALUE = 'fermyon:spin/key-value@2.0.0';
const golden = (name: string): string =>
  fileURLToPath(new URL(`../../test/fixtures/build/${name}`, import.meta.url));

let project: Project;
beforeEach(() => {
  project = makeProject();
});
afterEach(() => project[Symbol.dispose]());

/** Bundles `shop.ts` of a project with these files. */
function bundle(files: Readonly<Record<string, string>> | string): Promise<Bundle> {
  project.write(typeof files === 'string' ? { 'shop.ts': files } : files);
  const entry = project.file('shop.ts');
  return bundleService({
    service: 'shop',
    entry,
    adapter: `export * from ${JSON.stringify(entry)};`,
    imports: new Set([KEY_VALUE]),
    base: project.folder,
  });
}

async function problemsOf(files: Readonly<Record<string, string>> | string): Promise<readonly Diagnostic[]> {
  const error = await bundle(files).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TenonError);
  return (error as TenonError).diagnostics.map((one) => ({
    ...one,
    ...(one.span && { span: { ...one.span, file: project.relative(one.span.file) } }),
  }));
}

describe('a bundle', () => {
  test('holds what the service uses, in one module with the host’s imports', async () => {
    const { code, imports } = await bundle({
      'shop.ts': `import { Store } from '${KEY_VALUE}';\nimport { label, unused } from './label.ts';\nimport type { Order } from './types.ts';\nexport const shop = { submit(order: Order): void { Store.open('default').set(label(order.id), new Uint8Array()); } };\n`,
      'label.ts':
        'export const label = (id: number): string => `order ${id}`;\nexport const unused = (): number => 1;\n',
    });
    expectGolden(golden('plain.golden.js'), code);
    expect(imports).toEqual([KEY_VALUE]);
  });

  test('is the same wherever the service lies', async () => {
    const source = "export const shop = { a: async () => new TextEncoder().encode('x') };";
    const { code } = await bundle(source);
    using other = makeProject({ 'deeper/down/shop.ts': source });
    const entry = other.file('deeper/down/shop.ts');
    const moved = await bundleService({
      service: 'shop',
      entry,
      adapter: `export * from ${JSON.stringify(entry)};`,
      imports: new Set(),
      base: other.folder,
    });
    expect(moved.code).toBe(code);
  });

  test('brings the guest’s globals only where they are used', async () => {
    const without = await bundle("export const text = 'TextEncoder';");
    const with_ = await bundle("export const bytes = () => new TextEncoder().encode('x');");
    expect(without.code).not.toContain('encode');
    expect(with_.inputs.map((file) => relative(project.folder, file)).join()).toContain(
      'encoding/text-encoder.ts',
    );
    expect(without.inputs).toEqual([project.file('shop.ts')]);
  });

  test.each([
    ['a name', 'TextEncoder'],
    ['globalThis', 'globalThis.TextEncoder'],
    ['a computed member', "globalThis['TextEncoder']"],
    ['an optional member', '(globalThis?.TextEncoder)'],
  ])('brings them for %s', async (_, name) => {
    const { code } = await bundle(`export const bytes = () => new ${name}().encode('x');`);
    expect(code).not.toContain('globalThis.TextEncoder');
    expect(code).toMatch(/(class TextEncoder|TextEncoder = class)/);
  });

  test('brings them for a pattern that takes them of globalThis', async () => {
    const { code } = await bundle('const { TextEncoder: E } = globalThis;\nexport const e = new E();');
    expect(code).toMatch(/(class TextEncoder|TextEncoder = class)/);
    expect(code).not.toContain('globalThis');
  });

  test('does not take a service’s own name for a global', async () => {
    const { code, inputs } = await bundle('class TextEncoder {}\nexport const own = new TextEncoder();');
    expect(inputs).toEqual([project.file('shop.ts')]);
    expect(code).toContain('TextEncoder');
  });

  test('replaces Math.random, and Math where it is taken apart', async () => {
    const member = await bundle('export const draw = () => Math.random() + Math.floor(1.5);');
    expect(member.imports).toEqual(['wasi:random/random@0.2.12']);
    expect(member.code).toContain('random() + Math.floor(1.5)');
    const whole = await bundle(
      'const { random, floor } = Math;\nexport const draw = () => random() + floor(1.5);',
    );
    expect(whole.imports).toEqual(['wasi:random/random@0.2.12']);
    const plain = await bundle('export const draw = () => Math.floor(1.5);');
    expect(plain.imports).toEqual([]);
  });

  test('lowers what is async, and its promises are the guest’s', async () => {
    const { code } = await bundle('export async function later(): Promise<number> { return await 1; }');
    expect(code).not.toMatch(/\basync\b|\bawait\b/);
    expect(code).not.toMatch(/new Promise\(/);
    // Nor is the bundler's own helper there, which makes several promises for each `await`.
    expect(code).not.toContain('asyncGeneratorStep');
  });

  test('takes packages from node_modules, only what is used of them', async () => {
    const { code, inputs } = await bundle({
      'shop.ts': "import { used } from 'left';\nexport const shop = { a: used };",
      'node_modules/left/package.json':
        '{"name":"left","version":"1.0.0","type":"module","exports":"./index.js","sideEffects":false}',
      'node_modules/left/index.js': "export const used = () => 'used';\nexport const other = () => 'other';",
    });
    expect(code).toContain("'used'".replaceAll("'", '"'));
    expect(code).not.toContain('other');
    expect(inputs).toContain(project.file('node_modules/left/index.js'));
  });

  test('turns numbers of the guest into the bigints of StarlingMonkey, and asks its own URL', async () => {
    project.write({
      'shop.ts': 'export const later = () => setTimeout(() => new URL(`http://x${Math.random()}`), 1);',
    });
    const entry = project.file('shop.ts');
    const adapter = `export * from ${JSON.stringify(entry)};`;
    const request = { service: 'shop', entry, adapter, imports: new Set<string>(), base: project.folder };
    const [quickjs, starling] = await Promise.all([
      bundleService(request),
      bundleService({ ...request, engine: 'starlingmonkey' }),
    ]);
    expect(starling.imports).toEqual(quickjs.imports);
    expect(quickjs.code).toContain('\\p{L}');
    expect(starling.code).not.toContain('\\p{L}');
    expect(starling.code).toContain('BigInt(length)');
    expect(quickjs.code).not.toContain('BigInt(length)');
  });

  test('has a source map that leads back to lines and columns', async () => {
    const { code, map } = await bundle(
      'interface A { b: number }\n\nexport const f = (a: A): number => {\n  return boom(a);\n};\nfunction boom(a: A): never { throw a; }',
    );
    const line = code.split('\n').findIndex((text) => text.includes('boom(a)'));
    const column = code.split('\n')[line]!.indexOf('boom(a)');
    const place = readSourceMap(map).original(line + 1, column + 1);
    expect(place?.file).toBe('shop.ts');
    expect([4, 6]).toContain(place?.line);
  });
});

describe('a service with problems', () => {
  test.each<[string, Readonly<Record<string, string>> | string, string, string]>([
    ['a syntax error', 'export const a = {\n  b() { return 1 +; }\n};', 'build/syntax', 'shop.ts:2:19'],
    [
      'a module of Node',
      "import fs from 'node:fs';\nexport const a = fs;",
      'build/node-module',
      'shop.ts:1:16',
    ],
    [
      'a module of Node without node:',
      "import { join } from 'path';\nexport const a = join;",
      'build/node-module',
      'shop.ts:1:22',
    ],
    [
      'a file that is not there',
      "import { b } from './b.ts';\nexport const a = b;",
      'build/unresolved-import',
      'shop.ts:1:19',
    ],
    [
      'a package that is not there',
      "import b from 'not-there';\nexport const a = b;",
      'build/unresolved-import',
      'shop.ts:1:15',
    ],
    [
      'a contract that the world lacks',
      "import { b } from 'shop:b/b@1.0.0';\nexport const a = b;",
      'build/import-not-in-world',
      'shop.ts:1:19',
    ],
    [
      'a contract of another version',
      "import { Store } from 'fermyon:spin/key-value@2.0.1';\nexport const a = Store;",
      'build/import-not-in-world',
      'shop.ts:1:23',
    ],
    [
      'WASI that only the guest may import',
      "import { getRandomBytes } from 'wasi:random/random@0.2.12';\nexport const a = getRandomBytes;",
      'build/import-not-in-world',
      'shop.ts:1:32',
    ],
    [
      'a name that is not exported',
      { 'shop.ts': "import { c } from './b.ts';\nexport const a = c;", 'b.ts': 'export const b = 1;' },
      'build/missing-name',
      'shop.ts:1:10',
    ],
    [
      'a dynamic import',
      { 'shop.ts': "export const a = () => import('./b.ts');", 'b.ts': 'export const b = 1;' },
      'build/dynamic-import',
      'shop.ts:1:32',
    ],
    ['top-level await', 'const b = await 1;\nexport const a = b;', 'build/top-level-await', 'shop.ts:1:11'],
    [
      'a global that is missing',
      "export const a = () => Buffer.from('x');",
      'build/missing-global',
      'shop.ts:1:24',
    ],
    [
      'a member of globalThis that is missing',
      'export const a = () => globalThis.localStorage;',
      'build/missing-global',
      'shop.ts:1:24',
    ],
    [
      'an optional member of globalThis that is missing',
      "export const a = () => globalThis?.['localStorage'];",
      'build/missing-global',
      'shop.ts:1:24',
    ],
    [
      'a missing global in a pattern',
      'export const a = () => {\n  const { localStorage } = globalThis;\n  return localStorage;\n};',
      'build/missing-global',
      'shop.ts:2:28',
    ],
    [
      'a member of a global that is missing',
      'export const a = () => crypto.subtle;',
      'build/missing-global',
      'shop.ts:1:24',
    ],
    [
      'a name that nothing declares',
      'export const a = () => nowhere;',
      'build/unknown-global',
      'shop.ts:1:24',
    ],
    [
      'one in another module',
      { 'shop.ts': "export { a } from './b.ts';", 'b.ts': '\n\nexport const a = () => process.env;' },
      'build/missing-global',
      'b.ts:3:24',
    ],
  ])('%s', async (_, files, code, place) => {
    const problems = await problemsOf(files);
    expect(
      problems.map((one) => [one.code, `${one.span?.file}:${one.span?.line}:${one.span?.column}`]),
    ).toEqual([[code, place]]);
    for (const { next, expected, found } of problems) {
      expect(next).not.toBe('');
      expect([expected, found]).not.toContain(undefined);
    }
  });

  test('all problems are reported together', async () => {
    const problems = await problemsOf('export const a = () => [Buffer, nowhere, localStorage, Buffer];');
    expect(problems.map(({ code, span }) => `${code} ${span?.column}`)).toEqual([
      'build/missing-global 25',
      'build/unknown-global 33',
      'build/missing-global 42',
      'build/missing-global 56',
    ]);
  });

  test('a global that a module tests for is no problem in that module', async () => {
    await expect(
      bundle("export const a = () => typeof Buffer === 'undefined' ? 1 : Buffer.from('x');"),
    ).resolves.toBeDefined();
  });
});
