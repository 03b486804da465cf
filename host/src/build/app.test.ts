import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeProject, type Project } from '../../test/fixtures/project.ts';
import { tool } from '../../test/tools.ts';
import { TenonError } from '../diagnostics/error.ts';
import { buildApp, type BuildEvent, type BuildOptions, type BuiltApp } from './app.ts';
import { readSourceMap } from './source-map.ts';

/** Two services behind one contract, small enough to be built several times. */
const FILES = {
  'package.json': '{"type":"module"}',
  'wit/greet/greet.wit':
    'package demo:greet@1.0.0;\n\n/// Greets.\ninterface greet {\n  hello: func(name: string) -> result<string, string>;\n}\n',
  'front/world.wit':
    'package demo:front@1.0.0;\n\nworld front {\n  import demo:greet/greet@1.0.0;\n  export fermyon:spin/inbound-http;\n}\n',
  'front/front.ts':
    "import { hello } from 'demo:greet/greet@1.0.0';\n\nexport default {\n  fetch(request: Request): Response {\n    return new Response(hello(request.method));\n  },\n};\n",
  'back/world.wit': 'package demo:back@1.0.0;\n\nworld back {\n  export demo:greet/greet@1.0.0;\n}\n',
  'back/back.ts':
    "import type { Greet } from './contract.gen.ts';\n\nexport const greet: Greet = {\n  async hello(name) {\n    await Promise.resolve();\n    return `hello ${name}`;\n  },\n};\n",
};
const HEAD = 'name = "demo"\nversion = "0.1.0"\n';
const FRONT = '[service.front]\npath = "front"\n';
const BACK = '[service.back]\npath = "back"\n';
const ROUTE = '[[trigger.http]]\nroute = "/..."\nservice = "front"\n';

const wasmTools = tool('wasm-tools');

interface Run {
  readonly app: BuiltApp;
  readonly events: readonly BuildEvent[];
}

async function build(project: Project, options: Partial<BuildOptions> = {}): Promise<Run> {
  const events: BuildEvent[] = [];
  const app = await buildApp({
    manifest: project.file('demo.toml'),
    onProgress: (event) => void events.push(event),
    ...options,
  });
  return { app, events };
}

const steps = (events: readonly BuildEvent[]): string[] =>
  events.map(({ name, step }) => `${name} ${step}`).sort();

/** The diagnostics of a build that fails, with places relative to the project. */
async function failure(project: Project): Promise<TenonError> {
  return build(project).then(
    () => {
      throw new Error('the build succeeded');
    },
    (error: unknown) => {
      expect(error).toBeInstanceOf(TenonError);
      return error as TenonError;
    },
  );
}

describe('buildApp', () => {
  let project: Project;
  let first: Run;
  beforeAll(async () => {
    project = makeProject({ ...FILES, 'demo.toml': HEAD + FRONT + BACK + ROUTE });
    first = await build(project);
  });
  afterAll(() => project[Symbol.dispose]());

  test('builds each service and links each unit', () => {
    expect(steps(first.events)).toEqual([
      'back built',
      'back bundling',
      'back componentizing',
      'front built',
      'front bundling',
      'front componentizing',
      'front linked',
    ]);
    expect(first.app.units.map(({ unit }) => [unit.name, unit.services])).toEqual([
      ['front', ['back', 'front']],
    ]);
    expect(first.app.warnings).toEqual([]);
    const plan = JSON.parse(readFileSync(project.file('.out/demo/plan.json'), 'utf8')) as { name: string };
    expect(plan.name).toBe('demo');
    expect(readdirSync(project.file('.out/demo')).sort()).toEqual(['front.wasm', 'maps', 'plan.json']);
  });

  test.skipIf(wasmTools.missing)(`writes a component that wasm-tools takes${wasmTools.reason}`, () => {
    const { status, stderr } = spawnSync('wasm-tools', ['validate', first.app.units[0]!.wasm], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  test('keeps a source map for each service', () => {
    const map = readSourceMap(readFileSync(first.app.sourceMaps['back']!, 'utf8'));
    expect(map.sources).toContain('back/back.ts');
    expect(map.sources.every((source) => source.startsWith('guest/') || source === 'back/back.ts')).toBe(
      true,
    );
  });

  test('does nothing where nothing changed, and gives the same app', async () => {
    const again = await build(project);
    expect(steps(again.events)).toEqual(['demo unchanged']);
    expect(again.app.units.map(({ digest }) => digest)).toEqual(first.app.units.map(({ digest }) => digest));
    expect(again.app.units[0]?.unit).toBe(again.app.plan.units[0]);
    expect([...again.app.plan.services[0]!.world.exports.keys()]).toEqual(['demo:greet/greet@1.0.0']);
  });

  test('takes a file that was only touched for unchanged', async () => {
    utimesSync(project.file('back/back.ts'), new Date(0), new Date(0));
    expect(steps((await build(project)).events)).toEqual(['demo unchanged']);
  });

  test('makes only the changed service anew', async () => {
    const source = FILES['back/back.ts'];
    writeFileSync(project.file('back/back.ts'), source.replace('hello $', 'good day, $'));
    const changed = await build(project);
    expect(steps(changed.events)).toEqual([
      'back built',
      'back bundling',
      'back componentizing',
      'front bundling',
      'front cached',
      'front linked',
    ]);
    expect(changed.app.units[0]?.digest).not.toBe(first.app.units[0]?.digest);
    writeFileSync(project.file('back/back.ts'), source);
    const back = await build(project);
    expect(steps(back.events)).toContain('back cached');
  });

  test('sees that an output is gone, and that a new contract file appeared', async () => {
    rmSync(first.app.units[0]!.wasm);
    expect(steps((await build(project)).events)).toContain('front linked');
    expect(statSync(first.app.units[0]!.wasm).size).toBeGreaterThan(1_000_000);
    project.write({ 'wit/other.wit': 'package demo:other@1.0.0;\n\ninterface other {}\n' });
    expect(steps((await build(project)).events)).not.toContain('demo unchanged');
    rmSync(project.file('wit/other.wit'));
  });

  test('gives the same bytes whatever the order of the manifest, at once and from nothing', async () => {
    const orders = [FRONT + BACK + ROUTE, ROUTE + BACK + FRONT, BACK + ROUTE + FRONT].map((rest, index) => {
      const manifest = `shuffled-${index}.toml`;
      project.write({ [manifest]: HEAD + rest });
      return { manifest: project.file(manifest), outDir: project.file(`.out/shuffled-${index}`) };
    });
    // With an empty cache, so that each of them makes the components at the same time.
    rmSync(project.file('.out/.cache'), { recursive: true });
    const built = await Promise.all(orders.map((options) => build(project, options)));
    const [one] = built;
    for (const { app } of built) {
      expect(app.units.map(({ digest }) => digest)).toEqual(one!.app.units.map(({ digest }) => digest));
      expect(readFileSync(`${app.outDir}/plan.json`)).toEqual(readFileSync(`${one!.app.outDir}/plan.json`));
    }
    rmSync(project.file('.out/.cache'), { recursive: true });
    const { app } = await build(project, orders[1]);
    expect(app.units.map(({ digest }) => digest)).toEqual(one!.app.units.map(({ digest }) => digest));
  }, 180_000);

  test('heals a broken cache', async () => {
    const services = project.file('.out/.cache/service');
    for (const key of readdirSync(services)) writeFileSync(`${services}/${key}/component.wasm`, 'broken');
    const states = project.file('.out/.cache/state');
    for (const name of readdirSync(states)) writeFileSync(`${states}/${name}`, 'broken');
    const healed = await build(project);
    expect(steps(healed.events)).toContain('front built');
    expect(steps((await build(project)).events)).toEqual(['demo unchanged']);
  });

  test('leaves what was built alone when a build fails', async () => {
    const before = readFileSync(project.file('.out/demo/front.wasm'));
    project.write({
      'back/back.ts': FILES['back/back.ts'].replace('hello $', 'hi $'),
      'front/front.ts': 'export default {',
    });
    const error = await failure(project);
    expect(error.code).toBe('build/syntax');
    expect(readFileSync(project.file('.out/demo/front.wasm')).equals(before)).toBe(true);
    project.write(FILES);
    await build(project);
  });
});

describe('a service that cannot be built', () => {
  // One project, so that what a case leaves as it is comes from the cache.
  let project: Project;
  beforeAll(() => {
    project = makeProject();
  });
  beforeEach(() => {
    project.write({ ...FILES, 'demo.toml': HEAD + FRONT + BACK + ROUTE });
    rmSync(project.file('back.wasm'), { force: true });
  });
  afterAll(() => project[Symbol.dispose]());

  test.each<[string, Readonly<Record<string, string>>, string, string]>([
    [
      'throws at its top level',
      {
        'back/back.ts': `import type { Greet } from './contract.gen.ts';\nfunction fail(): never {\n  throw new RangeError('too much');\n}\nexport const greet: Greet = fail();\n`,
      },
      'build/top-level-exception',
      'back/back.ts:3',
    ],
    [
      'draws randomness at its top level',
      {
        'back/back.ts':
          'const n = Math.random();\nexport const greet = { hello: (name: string) => name + n };\n',
      },
      'build/top-level-exception',
      'back/back.ts:1',
    ],
    [
      'calls an import at its top level',
      {
        'front/front.ts':
          "import { hello } from 'demo:greet/greet@1.0.0';\nconst text = hello('x');\nexport default { fetch: () => new Response(text) };\n",
      },
      'build/import-at-top-level',
      'front/front.ts:1',
    ],
    [
      'lacks a function of its contract',
      { 'back/back.ts': 'export const greet = { helo: (name: string) => name };\n' },
      'build/wrong-export',
      'back/back.ts:1',
    ],
    [
      'lacks its export',
      { 'back/back.ts': 'export const great = { hello: (name: string) => name };\n' },
      'build/missing-export',
      'back/back.ts:1',
    ],
    [
      'does not type-check',
      {
        'back/back.ts':
          "import type { Greet } from './contract.gen.ts';\nexport const greet: Greet = {\n  hello: (name) => name.length,\n};\n",
      },
      'build/type',
      'back/back.ts:3',
    ],
    [
      'fetches without a line in its world',
      { 'front/front.ts': "export default { fetch: () => fetch('http://x') };\n" },
      'build/import-not-in-world',
      'front/world.wit:1',
    ],
    [
      'has no entry',
      { 'demo.toml': `${HEAD}${FRONT.replace('"front"', '"front"\nentry = "main.ts"')}${BACK}${ROUTE}` },
      'build/entry-not-found',
      'undefined:undefined',
    ],
    [
      'wants a toolchain that is not installed',
      {
        'demo.toml': `${HEAD}${FRONT.replace('"front"', '"front"\ntoolchain = "starlingmonkey"')}${BACK}${ROUTE}`,
      },
      'build/toolchain-missing',
      'undefined:undefined',
    ],
    [
      'is no WebAssembly',
      {
        'demo.toml': `${HEAD}${FRONT}[service.back]\ncomponent = "back.wasm"\n${ROUTE}`,
        'back.wasm': 'text',
      },
      'build/not-wasm',
      'undefined:undefined',
    ],
    [
      'is not there',
      { 'demo.toml': `${HEAD}${FRONT}[service.back]\ncomponent = "back.wasm"\n${ROUTE}` },
      'build/component-not-found',
      'undefined:undefined',
    ],
  ])('%s', async (_, files, code, place) => {
    project.write(files);
    const { diagnostics } = await failure(project);
    const [first] = diagnostics;
    expect(diagnostics.map((one) => one.code)).toEqual([code]);
    expect(`${first?.span && project.relative(first.span.file)}:${first?.span?.line}`).toBe(place);
    expect([first?.span ?? first?.where, first?.next]).not.toContain(undefined);
  });

  test('is a core module', async () => {
    project.write({ 'demo.toml': `${HEAD}${FRONT}[service.back]\ncomponent = "back.wasm"\n${ROUTE}` });
    project.write({ 'back.wasm': Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]) });
    const { code, diagnostics } = await failure(project);
    expect(code).toBe('build/core-module');
    expect(diagnostics[0]?.next).toContain('wasm-tools component new');
  });

  test('tells of all services at once', async () => {
    project.write({
      'front/front.ts': 'export default {',
      'back/back.ts': "import fs from 'node:fs';\nexport const greet = { hello: () => fs };\n",
    });
    const { diagnostics } = await failure(project);
    expect(diagnostics.map(({ code }) => code).sort()).toEqual(['build/node-module', 'build/syntax']);
  });

  test('throws, and the trace of QuickJS leads back to its source', async () => {
    project.write({
      'back/back.ts':
        "\n\nfunction boom(): never {\n  throw new Error('boom');\n}\nexport const greet = { hello: boom };\nboom();\n",
    });
    const { diagnostics } = await failure(project);
    expect(diagnostics[0]?.span).toMatchObject({ line: 4, column: 13 });
    expect(diagnostics[0]?.related?.map(({ message }) => message)).toEqual([
      'at boom (back/back.ts:4:13)',
      'at <anonymous> (back/back.ts:7:1)',
    ]);
  });
});
