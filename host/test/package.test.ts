import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  }, 300_000);

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
    writeFileSync(join(folder, 'empty.wasm'), Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00));
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
