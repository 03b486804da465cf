import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { componentize } from 'componentize-qjs';
import { rolldown } from 'rolldown';
import { PROVIDED } from '../src/registry.ts';

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export interface Bundled {
  readonly code: string;
  /** The host interfaces that are left. */
  readonly imports: readonly string[];
}

const ASYNC_HELPER = `export { asyncToGenerator as default } from ${JSON.stringify(folder('../src/async/promise.ts'))};`;

/** Bundles a module as the build does: the guest's globals injected, async functions lowered, with its own helper. */
export async function bundle(entry: string): Promise<Bundled> {
  const inject: Record<string, [string, string]> = {};
  for (const [name, { module, export: exported, whole }] of Object.entries(PROVIDED)) {
    if (whole) continue;
    const target: [string, string] = [join(folder('../src'), module), exported];
    inject[name] = target;
    inject[`globalThis.${name}`] = target;
  }
  const build = await rolldown({
    input: folder(entry),
    external: /^[a-z]+:[a-z-]+(?:\/|$)/,
    platform: 'neutral',
    tsconfig: false,
    transform: { target: 'es2016', inject },
    plugins: [
      {
        name: 'guest-async',
        transform: (_, id) => (id.endsWith('/helpers/esm/asyncToGenerator.js') ? ASYNC_HELPER : undefined),
      },
    ],
  });
  try {
    const { output } = await build.generate({ format: 'esm', comments: false });
    return { code: output[0].code, imports: output[0].imports };
  } finally {
    await build.close();
  }
}

/** Builds a component whose world exports `exports` (WIT) and imports what the bundle needs. */
export async function buildComponent({ code, imports }: Bundled, exports: string): Promise<Uint8Array> {
  const packages = ['wasi-io', 'wasi-cli', 'wasi-clocks', 'wasi-random', 'fermyon-spin'];
  const texts = await Promise.all(packages.map(packageText));
  const world = `world probe {\n${imports.map((name) => `  import ${name};`).join('\n')}\n${exports}\n}`;
  const wit = ['package test:build;', ...texts, `package test:guest@0.1.0 {\n${world}\n}`].join('\n');
  const temporary = await mkdtemp(join(tmpdir(), 'guest-'));
  try {
    const witPath = join(temporary, 'probe.wit');
    await writeFile(witPath, wit);
    const { component } = await componentize({
      witPath,
      world: 'test:guest/probe@0.1.0',
      jsSource: code,
      sync: true,
    });
    return component;
  } finally {
    await rm(temporary, { recursive: true });
  }
}

/** The files of a package in wit/deps as one nested package. */
async function packageText(name: string): Promise<string> {
  const root = folder(`../../wit/deps/${name}`);
  const files = (await readdir(root)).filter((file) => file.endsWith('.wit')).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')));
  const [, id] = /^package ([^;]+);/m.exec(texts[0]!)!;
  return `package ${id} {\n${texts.map((text) => text.replace(/^package [^;]+;/m, '')).join('\n')}\n}`;
}
