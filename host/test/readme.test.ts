import { execFile } from 'node:child_process';
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type RunningApp } from '../src/trigger/app.ts';
import { ORDERS_MANIFEST, temporaryFolder } from './orders/app.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TENON = join(ROOT, 'host', 'bin', 'tenon.js');
const text = await readFile(join(ROOT, 'README.md'), 'utf8');

interface Block {
  readonly language: string;
  readonly body: string;
  /** The heading it stands under. */
  readonly section: string;
}

const blocks: Block[] = [
  ...text.matchAll(/^(?:## (?<heading>.+)|```(?<language>\w+)\n(?<body>[^]*?)^```)$/gm),
].reduce<{ section: string; found: Block[] }>(
  (state, { groups }) => {
    if (groups?.['heading'] !== undefined) return { ...state, section: groups['heading'] };
    const block = {
      language: groups?.['language'] ?? '',
      body: groups?.['body'] ?? '',
      section: state.section,
    };
    return { ...state, found: [...state.found, block] };
  },
  { section: '', found: [] },
).found;

const inSection = (section: string, language: string): string[] =>
  blocks.filter((block) => block.section === section && block.language === language).map(({ body }) => body);

/** The commands of a console block, each with the output it shows. */
function session(block: string): { command: string; output: string }[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...output] = part.split('\n');
      return { command, output: output.join('\n') };
    });
}

/** Runs a shell command in which the README's address stands for where the app really is. */
async function shell(command: string, url: string): Promise<string> {
  const real = command.replaceAll('localhost:3000', url.replace('http://', '')).replace(/^curl/, 'curl -s');
  return (await run('sh', ['-c', real], { cwd: ROOT })).stdout;
}

describe('the README', () => {
  let state: Awaited<ReturnType<typeof temporaryFolder>>;
  let app: RunningApp | undefined;

  beforeAll(async () => {
    state = await temporaryFolder('readme');
  });
  afterAll(async () => {
    await app?.close();
    await state[Symbol.asyncDispose]();
  });

  test('names npm scripts that exist', async () => {
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...text.matchAll(/npm run ([\w:-]+)|npm (start|test)\b/g)].map(
      (match) => match[1] ?? match[2]!,
    );
    expect(named).toContain('start');
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test('links to files that exist', async () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map((match) => match[1]!);
    expect(links.length).toBeGreaterThan(4);
    await Promise.all(links.map((link) => access(join(ROOT, link))));
  });

  test('shows what the orders app answers', async () => {
    app = await startApp({ manifest: ORDERS_MANIFEST, listen: '127.0.0.1:0', stateDir: state.path });
    const [block = ''] = inSection('Run the ordering app', 'console');
    /** The id that the README shows → the one drawn here. */
    let id: { shown: string; drawn: string } | undefined;
    for (const { command, output } of session(block)) {
      const answer = await shell(id ? command.replaceAll(id.shown, id.drawn) : command, app.url!);
      id ??= { shown: /\d{6}/.exec(output)![0], drawn: /\d{6}/.exec(answer)![0] };
      expect(answer.replaceAll(id.drawn, id.shown).trim()).toBe(output.trim());
    }
    await app.close();
    app = undefined;
  });

  test('shows what `tenon check` prints', async () => {
    const [block = ''] = inSection('See what is composed', 'console');
    for (const { command, output } of session(block)) {
      const [npx, tenon, ...args] = command.split(' ');
      expect([npx, tenon]).toEqual(['npx', 'tenon']);
      const { stdout } = await run(process.execPath, [TENON, ...args], { cwd: ROOT });
      expect(stdout.trim()).toBe(output.trim());
    }
  });

  test('has an app of one’s own that works as it stands', async () => {
    const section = 'Write your own app';
    const wit = inSection(section, 'wit');
    const ts = inSection(section, 'ts');
    const files = {
      'wit/greeting/greeting.wit': wit[0],
      'greeter/world.wit': wit[1],
      'greeter/greeter.ts': ts[0],
      'door/world.wit': wit[2],
      'door/door.ts': ts[1],
      'shop.toml': inSection(section, 'toml')[0],
    };
    for (const [name, body] of Object.entries(files)) {
      expect(text).toContain(`\`${name}\``);
      await mkdir(dirname(join(state.path, name)), { recursive: true });
      await writeFile(join(state.path, name), body!);
    }
    app = await startApp({ manifest: join(state.path, 'shop.toml'), listen: '127.0.0.1:0' });
    const [block = ''] = inSection(section, 'console');
    for (const { command, output } of session(block)) {
      expect((await shell(command, app.url!)).trim()).toBe(output.trim());
    }
  });
});
