import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const run = promisify(execFile);
const host = dirname(import.meta.dirname);
/** The Node that runs the tests comes first, as the package needs it; npm is whichever there is. */
const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}`, NO_COLOR: '1' };

/** Why the package cannot be installed here; empty if it can. */
function obstacle(): string {
  const view = spawnSync(
    'npm',
    ['view', 'commander@15.1.0', 'version', '--fetch-retries=0', '--fetch-timeout=20000'],
    {
      env,
      encoding: 'utf8',
      timeout: 30_000,
    },
  );
  if (view.status === 0 && view.stdout.trim() === '15.1.0') return '';
  const reason = view.error?.message ?? view.stderr.split('\n').find((line) => line !== '') ?? 'no answer';
  if (process.env['TENON_REQUIRE_TOOLS']) throw new Error(`the npm registry cannot be reached: ${reason}`);
  return ` [skipped: the npm registry cannot be reached: ${reason}]`;
}

const reason = obstacle();

describe.skipIf(reason !== '')(`the packed tool in an empty folder${reason}`, () => {
  let folder = '';
  let files: readonly string[] = [];
  let child: ChildProcess | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenon-package-'));
    const packed = await run('npm', ['pack', '--json', '--loglevel=error', '--pack-destination', folder], {
      cwd: host,
      env,
    });
    // A lifecycle script may print before it.
    const [{ filename, files: listed }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('[\n'))) as [
      { filename: string; files: { path: string }[] },
    ];
    files = listed.map(({ path }) => path);
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
    await run(
      'npm',
      ['install', `./${filename}`, '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'],
      {
        cwd: folder,
        env,
      },
    );
    mkdirSync(join(folder, 'hello'));
    for (const [name, text] of Object.entries(APP)) writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, 'a b.wasm'), EMPTY);
  }, 300_000);

  const installed = (): string => join(folder, 'node_modules', 'tenon');

  /** A copy of the tool in a folder without its packages, and a link to its command. */
  function elsewhere(): { readonly tool: string; readonly link: string } {
    const place = mkdtempSync(join(folder, 'else where # 100% '));
    const tool = join(place, 'tool');
    cpSync(installed(), tool, { recursive: true, filter: (from) => !from.includes('/tenon/node_modules') });
    const link = join(place, 'linked tenon');
    symlinkSync(join('tool', 'bin', 'tenon.js'), link);
    return { tool, link };
  }

  afterAll(() => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  test('holds compiled JavaScript, declarations and WIT, no TypeScript and no tests', () => {
    expect(files).toContain('dist/host/src/index.js');
    expect(files).toContain('dist/host/src/index.d.ts');
    expect(files).toContain('dist/wit/deps/fermyon-spin/http.wit');
    expect(files.filter((path) => /(?<!\.d)\.ts$|\.(test|fixture|suite)\./.test(path))).toEqual([]);
  });

  test('installs what running needs, and nothing that only tests or benchmarks do', () => {
    const { dependencies } = JSON.parse(readFileSync(join(host, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    for (const name of ['vitest', 'fast-check', 'oxlint', 'oxfmt', 'node', '@types/node']) {
      expect(dependencies).not.toHaveProperty(name);
    }
  });

  test('npx tenon check finds the app and says what it is', async () => {
    const { stdout } = await run('npx', ['tenon', 'check'], { cwd: folder, env });
    expect(stdout).toMatch(/Routes\n {2}\/hello\/\.\.\. +→ +hello\n/);
  }, 120_000);

  test('tenon compose, which is one file there, composes and says what is wrong; so do those that are not', async () => {
    writeFileSync(join(folder, 'empty.wasm'), EMPTY);
    const composed = await run('npx', ['tenon', 'compose', 'empty.wasm', '-o', 'out.wasm'], {
      cwd: folder,
      env,
    });
    expect([composed.stdout, composed.stderr]).toEqual(['out.wasm\n', 'composed empty: 326 B\n']);
    const fails = async (...args: readonly string[]): Promise<unknown> =>
      await run('npx', ['tenon', ...args], { cwd: folder, env }).catch((error: unknown) => error);
    expect(await fails('compose', 'app.toml', '-o', 'out.wasm')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error\[component\/malformed\]: /),
    });
    expect(await fails('check', 'nowhere.toml')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error\[build\/manifest-not-found\]: /),
    });
  }, 120_000);

  test('tenon compose needs nothing but its folder, whatever that is called, and a link to it', async () => {
    const { tool, link } = elsewhere();
    rmSync(join(tool, 'dist', 'host', 'src'), { recursive: true });
    mkdirSync(join(tool, 'dist', 'host', 'src', 'cli'), { recursive: true });
    cpSync(join(installed(), ONCE), join(tool, ONCE));
    const own = join(folder, 'out of # 100%.wasm');
    const { stdout, stderr } = await run(link, ['compose', join(folder, 'a b.wasm'), '-o', own], { env });
    expect([stdout, stderr]).toEqual([`${own}\n`, 'composed a b: 312 B\n']);
    const { stdout: version } = await run(link, ['compose', '--version'], { env });
    expect(version).toMatch(/^\d+\.\d+\.\d+\n$/);
  }, 120_000);

  test('tenon compose keeps its compiled code, and does without what it cannot keep or use', async () => {
    const { link } = elsewhere();
    const cache = join(folder, 'cache');
    const composed = async (changed: NodeJS.ProcessEnv): Promise<Buffer> => {
      const out = join(folder, 'kept.wasm');
      rmSync(out, { force: true });
      const args = ['compose', join(folder, 'a b.wasm'), '-q', '-o', out];
      const { stderr } = await run(link, args, { env: { ...env, ...changed } });
      // V8 would complain here about a flag that it does not know.
      expect(stderr).toBe('');
      return readFileSync(out);
    };
    const kept = (): string[] => globSync('*/once.cjs-*', { cwd: cache }).map((name) => join(cache, name));
    const first = await composed({ NODE_COMPILE_CACHE: cache });
    const [file = '', ...others] = kept();
    expect(others).toEqual([]);
    const { ino, size } = statSync(file);
    // Far more than V8 compiles before anything is called.
    const whole = 1.5 * statSync(join(installed(), ONCE)).size;
    expect(size).toBeGreaterThan(whole);
    expect(await composed({ NODE_COMPILE_CACHE: cache })).toEqual(first);
    expect(statSync(file).ino).toBe(ino);

    truncateSync(file, Math.floor(size / 2));
    expect(await composed({ NODE_COMPILE_CACHE: cache })).toEqual(first);
    expect(kept()).toEqual([]);
    expect(await composed({ NODE_COMPILE_CACHE: cache })).toEqual(first);
    expect(statSync(file).size).toBeGreaterThan(whole);

    expect(await composed({ NODE_COMPILE_CACHE: cache, NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual(first);
    expect(await composed({ NODE_COMPILE_CACHE: join(folder, 'package.json', 'x') })).toEqual(first);
    expect(await composed({ NODE_COMPILE_CACHE: cache, NODE_OPTIONS: '--max-old-space-size=200' })).toEqual(
      first,
    );
  }, 120_000);

  test('tenon compose ends only when all that it wrote has left it', async () => {
    // Far more than a pipe holds.
    const large = Buffer.concat([EMPTY, Buffer.from([0x00, 0x80, 0x80, 0x80, 0x02]), Buffer.alloc(4 << 20)]);
    writeFileSync(join(folder, 'large.wasm'), large);
    const bin = join(folder, 'node_modules', '.bin', 'tenon');
    const options = { cwd: folder, env, encoding: 'buffer', maxBuffer: 8 << 20 } as const;
    const { stdout } = await run(bin, ['compose', 'large.wasm', '-q', '-o', '-'], options);
    await run(bin, ['compose', 'large.wasm', '-q', '-o', 'copy.wasm'], options);
    expect(stdout.length).toBeGreaterThan(large.length);
    expect(stdout.equals(readFileSync(join(folder, 'copy.wasm')))).toBe(true);
  }, 120_000);

  test('tenon compose takes a plan, whose reading is not in its file, and says what is wrong with it', async () => {
    writeFileSync(join(folder, 'plan.toml'), 'root = "one"\n\n[instance.one]\ncomponent = "a b.wasm"\n');
    const bin = join(folder, 'node_modules', '.bin', 'tenon');
    const planned = await run(bin, ['compose', '--plan', 'plan.toml', '-q', '-o', 'planned.wasm'], {
      cwd: folder,
      env,
    });
    expect([planned.stdout, planned.stderr]).toEqual(['planned.wasm\n', '']);
    writeFileSync(join(folder, 'plan.toml'), 'instance = 1\n');
    const failed = run(bin, ['compose', '--plan', 'plan.toml', '-o', 'planned.wasm'], { cwd: folder, env });
    await expect(failed).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error\[link\/plan/),
    });
  }, 120_000);

  test('tenon diff answers by its exit code', async () => {
    const bin = join(folder, 'node_modules', '.bin', 'tenon');
    const { stdout } = await run(bin, ['diff', 'a b.wasm', 'a b.wasm'], { cwd: folder, env });
    expect(stdout).toMatch(/^Can a b\.wasm replace a b\.wasm\?\n/);
    const failed = run(bin, ['diff', 'a b.wasm', 'nowhere.wasm'], { cwd: folder, env });
    await expect(failed).rejects.toMatchObject({ code: 2 });
  }, 120_000);

  test('tenon up builds it, answers, and stops when told to', async () => {
    child = spawn(
      join(folder, 'node_modules', '.bin', 'tenon'),
      ['up', '--listen', '127.0.0.1:0', '--json'],
      {
        cwd: folder,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const errors: Buffer[] = [];
    child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk));
    const exited = once(child, 'exit');
    const url = await new Promise<string>((resolve, reject) => {
      const said: string[] = [];
      createInterface({ input: child!.stdout! }).on('line', (line) => {
        said.push(line);
        const event = JSON.parse(line) as { event: string; url?: string };
        if (event.event === 'ready') resolve(event.url ?? '');
      });
      void exited.then(() =>
        reject(new Error(`it ended: ${said.join('\n')}\n${Buffer.concat(errors).toString()}`)),
      );
    });
    const answer = await fetch(`${url}/hello/world?loud`);
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      200,
      'text/plain;charset=UTF-8',
      'HELLO, WORLD',
    ]);
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  }, 180_000);

  test('the library has types that a strict project accepts, and the values they promise', async () => {
    const tsc = join(folder, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = [
      '--strict',
      '--noEmit',
      '--module',
      'nodenext',
      '--target',
      'esnext',
      '--lib',
      'esnext,dom',
      'use.ts',
    ];
    await run(process.execPath, [tsc, '--ignoreConfig', ...options], { cwd: folder, env });
    const { stdout } = await run(process.execPath, ['use.ts'], { cwd: folder, env });
    expect(stdout).toBe('build/manifest-not-found 1\n');
  }, 120_000);
});

/** The smallest component. */
const EMPTY = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00);

/** What the package has for commands that run once. */
const ONCE = 'dist/host/src/cli/once.cjs';

const APP = {
  'app.toml': `name = "greeter"
version = "1.0.0"

[service.hello]
path = "hello"

[[trigger.http]]
route = "/hello/..."
service = "hello"
`,
  'hello/world.wit': `package greeter:hello@1.0.0;

world hello {
  export fermyon:spin/inbound-http;
}
`,
  'hello/hello.ts': `export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const name = pathname.slice('/hello/'.length);
    const text = \`Hello, \${name}\`;
    return new Response(searchParams.has('loud') ? text.toUpperCase() : text);
  },
};
`,
  'use.ts': `import { buildApp, startApp, TenonError, type RunningApp, type StartOptions } from 'tenon';

const options: StartOptions = { manifest: 'nowhere.toml', listen: '127.0.0.1:0' };
const start: (options: StartOptions) => Promise<RunningApp> = startApp;
try {
  await buildApp(options);
  await start(options);
} catch (error) {
  if (!(error instanceof TenonError)) throw error;
  (globalThis as unknown as { console: { log(text: string): void } }).console.log(\`\${error.code} \${error.exitCode}\`);
}
`,
} as const;
