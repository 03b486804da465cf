import { spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { main } from './main.ts';
import { chooseManifest } from './manifest-file.ts';

const TENON = fileURLToPath(new URL('../../bin/tenon.js', import.meta.url));

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  let stdout = '';
  let stderr = '';
  const code = await main(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env,
  });
  return { code, stdout, stderr };
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A folder with these files. */
function folder(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), 'tenon-cli-'));
  folders.push(path);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

describe('help', () => {
  test.each([
    [],
    ['up'],
    ['build'],
    ['check'],
    ['graph'],
    ['types'],
    ['bench'],
    ['compose'],
    ['inspect'],
    ['diff'],
    ['outbox'],
    ['push'],
    ['image'],
    ['k8s'],
    ['doctor'],
  ])('of tenon %s', async (...command) => {
    const { code, stdout, stderr } = await run([...command, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    await expect(stdout).toMatchFileSnapshot(`fixtures/help-${command[0] ?? 'tenon'}.txt`);
  });

  test('the version is the package’s', async () => {
    expect(await run(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });
});

describe('a command line that is not understood exits with 2', () => {
  test.each<[args: readonly string[], message: string, next: string]>([
    [[], 'a command is missing', 'tenon --help'],
    [['upp'], "unknown command 'upp'", 'Did you mean up?'],
    [['up', '--lisen'], "unknown option '--lisen'", 'Did you mean --listen?'],
    [['up', 'a', 'b'], 'too many arguments', 'tenon <command> --help'],
    [['up', '--workers', '0'], 'Expected a whole number from 1 to 1024', 'tenon <command> --help'],
    [['up', '--listen'], "option '--listen <address>' argument missing", 'tenon <command> --help'],
    [['build', '--color', 'blue'], 'Allowed choices are auto, always, never', 'tenon <command> --help'],
  ])('%j', async (args, message, next) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error\[cli\/usage\]: /);
    expect(stderr).toContain(message);
    expect(stderr).toContain(next);
  });

  test('and with --json says so in one line of JSON', async () => {
    const { code, stdout, stderr } = await run(['up', '--lisen', '--json']);
    expect([code, stderr]).toEqual([2, '']);
    expect(JSON.parse(stdout)).toMatchObject({ event: 'diagnostic', code: 'cli/usage', severity: 'error' });
  });
});

test.each<[what: string, args: readonly string[], code: string]>([
  ['a manifest that is not there', ['check', 'nowhere/app.toml'], 'build/manifest-not-found'],
  ['an address that is none', ['up', 'nowhere/app.toml', '--listen', 'here'], 'trigger/invalid-address'],
])('%s ends with its own code', async (_what, args, code) => {
  const run_ = await run([...args, '--json']);
  expect(JSON.parse(run_.stdout)).toMatchObject({ code, next: expect.any(String) });
  expect(run_.code).toBeGreaterThan(0);
});

test('an old Node is told at once', () => {
  const old = `Object.defineProperty(process.versions, 'node', { value: '22.1.0' })`;
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(old)}`, TENON, '--version'],
    { encoding: 'utf8' },
  );
  expect([status, stderr.split('\n')[0]]).toEqual([
    3,
    'error[cli/node-version]: Tenon does not run on this version of Node',
  ]);
});

describe('an exception that nobody expected exits with 70', () => {
  async function bug(...args: readonly string[]): Promise<{ code: number; stderr: string }> {
    let stderr = '';
    const broken = (): never => {
      throw new Error('boom');
    };
    const code = await main(args, {
      stdout: { write: broken },
      stderr: { write: (text) => (stderr += text) },
      env: {},
    });
    return { code, stderr };
  }

  test('and says so', async () => {
    const { code, stderr } = await bug('--version');
    expect([code, stderr.split('\n')[0]]).toEqual([70, 'error[internal/bug]: unexpected: boom']);
    expect(stderr).not.toContain('main.test.ts');
  });

  test('with its stack where --verbose asks for it', async () => {
    expect((await bug('--verbose', '--version')).stderr).toMatch(/Error: boom\n[^]*main\.test\.ts/);
  });

  test('also where nobody awaits it', () => {
    const late = `process.on('newListener', (name) => {
      if (name === 'uncaughtException') setImmediate(() => { throw new Error('late'); });
    })`;
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        '--import',
        `data:text/javascript,${encodeURIComponent(late)}`,
        TENON,
        'up',
        'nowhere.toml',
        '--listen',
        '127.0.0.1:0',
      ],
      { encoding: 'utf8' },
    );
    expect([status, stderr.split('\n')[0]]).toEqual([70, 'error[internal/bug]: unexpected: late']);
  });
});

test('SPIN_HTTP_LISTEN_ADDR is where to listen, unless --listen is given', async () => {
  process.env['SPIN_HTTP_LISTEN_ADDR'] = 'from the environment';
  try {
    expect((await run(['up', 'nowhere/app.toml'])).stderr).toContain('from the environment');
    expect((await run(['up', 'nowhere/app.toml', '--listen', 'given'])).stderr).toContain('"given"');
  } finally {
    delete process.env['SPIN_HTTP_LISTEN_ADDR'];
  }
});

describe('colour', () => {
  test.each<[args: readonly string[], env: Record<string, string>, colored: boolean]>([
    [['upp'], {}, false],
    [['upp'], { FORCE_COLOR: '1' }, true],
    [['upp'], { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    [['upp', '--color', 'always'], {}, true],
    [['upp', '--color', 'never'], { FORCE_COLOR: '1' }, false],
  ])('%j with %j: %s', async (args, env, colored) => {
    expect((await run(args, env)).stderr.includes('\x1b[')).toBe(colored);
  });
});

describe('the manifest, where none is named', () => {
  const app = 'name = "a"\n[service.a]\n';

  test.each<[what: string, files: Readonly<Record<string, string>>, found: string]>([
    ['the only one in composed/', { 'composed/a.toml': app }, 'composed/a.toml'],
    ['the only one in the folder', { 'a.toml': app }, 'a.toml'],
    ['not a file of another kind', { 'a.toml': app, 'Cargo.toml': '[package]\nname = "x"\n' }, 'a.toml'],
  ])('%s', (_what, files, found) => {
    const path = folder(files);
    expect(chooseManifest(undefined, path)).toBe(join(path, found));
  });

  test('a folder stands for the only one there', () => {
    const path = folder({ 'composed/a.toml': app });
    expect(chooseManifest(path)).toBe(join(path, 'composed/a.toml'));
    expect(chooseManifest(join(path, 'composed'))).toBe(join(path, 'composed/a.toml'));
  });

  test('none is an error', () => {
    expect(() => chooseManifest(undefined, folder({ 'x.toml': '' }))).toThrow(
      expect.objectContaining({ code: 'cli/no-manifest', exitCode: 2 }),
    );
  });

  test('several are an error that lists them', () => {
    const path = folder({ 'composed/a.toml': app, 'composed/b.toml': app });
    expect(() => chooseManifest(undefined, path)).toThrow(
      expect.objectContaining({
        code: 'cli/several-manifests',
        exitCode: 2,
        diagnostics: [expect.objectContaining({ found: expect.stringMatching(/a\.toml, .*b\.toml/) })],
      }),
    );
  });

  test('a named one is taken as it is', () => {
    expect(chooseManifest('some/where.toml', folder({}))).toBe('some/where.toml');
  });
});
