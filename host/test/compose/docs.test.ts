import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { componentTypeOf } from '../../src/component/signature.ts';
import { unwrap } from '../../src/diagnostics/error.ts';
import { CATALOGUE } from '../../src/diagnostics/catalogue.ts';
import { instantiate } from '../link/quickjs.ts';
import { temporaryFolder } from '../orders/app.ts';
import { tool } from '../tools.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PAGE = join(ROOT, 'docs', 'composing.md');
const wasmTools = tool('wasm-tools');
const wac = tool('wac');
let text = await readFile(PAGE, 'utf8');

/** The page's files: blocks whose first line is a comment with a name. */
const files = [...text.matchAll(/^```(?:wit|js|toml)\n(?:\/\/|#) (?<name>[\w.-]+)\n(?<body>[^]*?)^```$/gm)];
/** Its commands in order; those of console blocks with the output that the page shows. */
const commands = [...text.matchAll(/^```(?<language>console|sh)\n(?<body>[^]*?)^```$/gm)].flatMap(
  ({ groups }) => (groups!['language'] === 'sh' ? silent(groups!['body']!) : session(groups!['body']!)),
);

interface Command {
  readonly command: string;
  readonly output?: string;
}

interface Session extends Command {
  readonly output: string;
  readonly printed: string;
}

function expectSame(sessions: readonly Session[]): void {
  const all = (which: 'output' | 'printed'): string[] =>
    sessions.map((one) => `$ ${one.command}\n${one[which]}`);
  expect(all('printed')).toEqual(all('output'));
}

function silent(block: string): Command[] {
  return block
    .trim()
    .split('\n')
    .map((command) => ({ command }));
}

function session(block: string): Command[] {
  const parts = block.split(/^\$ /m).slice(1);
  return parts.map((part) => {
    const [command = '', ...output] = part.split('\n');
    return { command, output: output.join('\n') };
  });
}

const needs = (command: string, program: string): boolean =>
  command.split(/[ |&]+/).some((word, at, words) => word === program && words[at - 1] !== 'inspect');

describe('docs/composing.md', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  beforeAll(async () => {
    folder = await temporaryFolder('composing');
    for (const { groups } of files) await writeFile(join(folder.path, groups!['name']!), groups!['body']!);
    // `import 'tenon'` finds the sources: the published package has them compiled.
    const found = join(folder.path, 'node_modules', 'tenon');
    await mkdir(found, { recursive: true });
    await writeFile(
      join(found, 'package.json'),
      '{ "name": "tenon", "type": "module", "exports": "./index.js" }',
    );
    await writeFile(
      join(found, 'index.js'),
      `export * from ${JSON.stringify(join(ROOT, 'host/src/index.ts'))};\n`,
    );
    await symlink(join(ROOT, 'node_modules', '.bin'), join(folder.path, 'node_modules', '.bin'));
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  const sessions: Session[] = [];

  async function shell(command: string): Promise<string> {
    const real = `exec 2>&1; ${command.replaceAll(/\bnpx tenon/g, `node ${join(ROOT, 'host/bin/tenon.js')}`).replaceAll(/\bnpx /g, '')}`;
    const env = {
      ...process.env,
      NO_COLOR: '1',
      // Without it these programs print no stack.
      RUST_BACKTRACE: '0',
      PATH: `${dirname(process.execPath)}:${join(ROOT, 'node_modules', '.bin')}:${process.env['PATH']}`,
    };
    // What a command says when it fails is its output too.
    const { stdout } = await run('sh', ['-c', real], { cwd: folder.path, env }).catch(
      (error: { stdout: string }) => error,
    );
    // Threads and builds differ: equal sources give components of about the same size.
    return stdout
      .replaceAll(folder.path, '/shop')
      .replaceAll(/(?<=^thread '\w+' )\(\d+\)/gm, '(1)')
      .replaceAll(/(?<=at offset )0x[0-9a-f]+/g, '0x…');
  }

  test('has files and commands', () => {
    expect(files.map(({ groups }) => groups!['name'])).toEqual([
      'shop.wit',
      'receiver.js',
      'fulfilment.js',
      'chain.wit',
      'top.js',
      'middle.js',
      'bottom.js',
      'answers.js',
      'tickets.wit',
      'desk.js',
      'office.js',
      'plan.toml',
      'compose.mjs',
    ]);
    expect(commands.length).toBeGreaterThan(15);
  });

  test(`shows what its commands print${wasmTools.reason && `, but for those of wasm-tools${wasmTools.reason}`}`, async () => {
    for (const { command, output } of commands) {
      const missing =
        (wasmTools.missing && needs(command, 'wasm-tools')) || (wac.missing && needs(command, 'wac'));
      if (missing) continue;
      const printed = await shell(command);
      if (output !== undefined) sessions.push({ command, output, printed });
    }
    if (process.env['UPDATE']) {
      for (const { command, output, printed } of sessions)
        text = text.replace(`$ ${command}\n${output}`, () => `$ ${command}\n${printed}`);
      await writeFile(PAGE, text);
      return;
    }
    expectSame(sessions.filter(({ command }) => !needs(command, 'wac')));
  }, 300_000);

  // It is built from its sources for minutes, so CI does without it.
  test.skipIf(wac.missing)(`shows what wac prints${wac.reason}`, () => {
    const its = sessions.filter(({ command }) => needs(command, 'wac'));
    expect(its.length).toBeGreaterThan(5);
    if (!process.env['UPDATE']) expectSame(its);
  });

  test('composes a component that answers', async () => {
    const bytes = await readFile(join(folder.path, 'shop.wasm'));
    const type = unwrap(componentTypeOf(bytes));
    expect([[...type.imports.keys()], [...type.exports.keys()]]).toEqual([[], ['place']]);
    const { place } = (await instantiate(bytes)) as unknown as { place(sku: string, count: number): string };
    expect(place('book', 2)).toBe('order 7: 2 x book');
  });

  test('links to sections that errors.md has', () => {
    const linked = [...text.matchAll(/errors\.md#link([\w-]+)/g)].map(([, name]) => `link/${name}`);
    expect(linked.length).toBeGreaterThan(3);
    expect(linked.filter((code) => !(code in CATALOGUE))).toEqual([]);
  });
});
