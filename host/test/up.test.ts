import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeProject, type Project } from './fixtures/project.ts';

const TENON = fileURLToPath(new URL('../bin/tenon.js', import.meta.url));

/** As if not started by npm, which would make signals come twice. */
const { npm_lifecycle_event: _, ...ENV } = process.env;

const SERVICE = `export default {
  fetch(request: Request): Response {
    const { pathname } = new URL(request.url);
    console.log('asked for ' + pathname);
    if (pathname === '/loop') for (;;);
    if (pathname === '/throw') throw new Error('on purpose');
    return new Response('hello');
  },
};
`;

const MANIFEST = `name = "speaker"
version = "1.0.0"

[limits]
workers = 1

[variables.greeting]
required = true

[service.speaker]
path = "speaker"

[[trigger.http]]
route = "/..."
service = "speaker"
`;

interface Line {
  readonly event: string;
  readonly [member: string]: unknown;
}

/** `tenon up --json` as a process; its lines, and the one that is waited for. */
class Up {
  readonly child: ChildProcess;
  readonly lines: Line[] = [];
  readonly exited: Promise<unknown[]>;
  #waiting: {
    matches: (line: Line) => boolean;
    resolve: (line: Line) => void;
    reject: (error: Error) => void;
  }[] = [];

  constructor(cwd: string, args: readonly string[]) {
    this.child = spawn(process.execPath, [TENON, 'up', '--json', ...args], {
      cwd,
      env: ENV,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.exited = once(this.child, 'exit');
    const lines = createInterface({ input: this.child.stdout! });
    lines.on('line', (text) => {
      const line = JSON.parse(text) as Line;
      this.lines.push(line);
      this.#waiting = this.#waiting.filter((one) => !one.matches(line) || (one.resolve(line), false));
    });
    lines.on('close', () => {
      for (const one of this.#waiting) one.reject(new Error(`it ended: ${JSON.stringify(this.lines)}`));
    });
  }

  async line(matches: (line: Line) => boolean): Promise<Line> {
    const found = this.lines.find(matches);
    return found ?? new Promise((resolve, reject) => this.#waiting.push({ matches, resolve, reject }));
  }

  async ready(): Promise<string> {
    return (await this.line(({ event }) => event === 'ready'))['url'] as string;
  }

  ofBuild(): unknown[] {
    return this.lines
      .filter(({ event }) => event === 'build')
      .map(({ name, step }) => `${String(name)} ${String(step)}`);
  }
}

describe('tenon up', () => {
  let project: Project;
  const started: Up[] = [];
  const up = (...args: readonly string[]): Up => {
    const process_ = new Up(project.folder, args);
    started.push(process_);
    return process_;
  };
  const serve = (...args: readonly string[]): Up =>
    up('--listen', '127.0.0.1:0', '--variable', 'greeting=hi', ...args);

  beforeAll(() => {
    project = makeProject({
      'package.json': '{ "type": "module" }',
      'app.toml': MANIFEST,
      'speaker/world.wit':
        'package a:speaker@1.0.0;\n\nworld speaker {\n  export fermyon:spin/inbound-http;\n}\n',
      'speaker/speaker.ts': SERVICE,
    });
  });
  afterEach(() => {
    for (const { child } of started.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => project[Symbol.dispose]());

  test('builds at first, and says what it builds, what it serves and what services print', async () => {
    const app = serve();
    const url = await app.ready();
    expect(app.ofBuild()).toEqual([
      'speaker bundling',
      'speaker componentizing',
      'speaker built',
      'speaker linked',
    ]);
    expect(app.lines.find(({ event }) => event === 'ready')).toMatchObject({
      app: 'speaker',
      version: '1.0.0',
      units: [{ name: 'speaker', services: ['speaker'] }],
      triggers: [{ kind: 'http', route: '/...', service: 'speaker' }],
      edges: [],
    });
    expect(await (await fetch(`${url}/a`)).text()).toBe('hello');
    const said = await app.line(({ event, stream }) => event === 'log' && stream === 'stdout');
    expect(said).toMatchObject({ level: 'info', unit: 'speaker', message: 'asked for /a' });
  });

  test('builds nothing when nothing has changed, and stops on SIGTERM with exit code 0', async () => {
    const app = serve();
    await app.ready();
    expect(app.ofBuild()).toEqual(['speaker unchanged']);
    app.child.kill('SIGTERM');
    expect(await app.exited).toEqual([0, null]);
    expect(app.lines.slice(-2)).toMatchObject([
      { event: 'stopping' },
      { event: 'stopped', messages: [], copies: { sent: 0, failed: 0, lost: 0 } },
    ]);
  });

  test('what a service throws is answered with 500 and logged with its place in the source', async () => {
    const app = serve();
    const answer = await fetch(`${await app.ready()}/throw`);
    expect([answer.status, await answer.text()]).toEqual([500, '']);
    const said = await app.line(
      ({ event, message }) => event === 'log' && String(message).includes('on purpose'),
    );
    const place = await app.line(
      ({ event, message, stack }) =>
        event === 'log' && /speaker\.ts:6:\d+/.test(`${String(message)}${String(stack)}`),
    );
    expect([said['unit'], place['unit']]).toEqual(['speaker', 'speaker']);
  });

  test('a second signal stops at once, whatever still runs', async () => {
    const app = serve();
    const url = await app.ready();
    const answer = fetch(`${url}/loop`).catch((error: unknown) => error);
    await app.line(({ message }) => message === 'asked for /loop');
    app.child.kill('SIGINT');
    await app.line(({ event }) => event === 'stopping');
    app.child.kill('SIGINT');
    expect(await app.exited).toEqual([130, null]);
    expect(await answer).toBeInstanceOf(Error);
  });

  test('a taken port ends it before anything is built', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const app = up('--listen', `127.0.0.1:${port}`);
    const [code] = await app.exited;
    server.close();
    expect([code, app.lines.map((line) => line['code'] ?? line.event)]).toEqual([
      3,
      ['trigger/address-in-use'],
    ]);
  });

  test('a required variable without a value ends it', async () => {
    const app = up('--listen', '127.0.0.1:0');
    expect((await app.exited)[0]).toBe(1);
    expect(app.lines.at(-1)).toMatchObject({
      code: 'bindings/variable-unresolved',
      where: 'variables.greeting',
    });
  });

  test('atomic stores in several databases end it with one error', async () => {
    const apart = MANIFEST.replace(
      'path = "speaker"',
      'path = "../speaker"\ngrants = ["key-value:a", "key-value:b"]',
    );
    project.write({ 'apart/app.toml': `${apart}\n[store.a]\npath = "a.db"\n` });
    const app = up('apart/app.toml', '--listen', '127.0.0.1:0', '--variable', 'greeting=hi');
    expect((await app.exited)[0]).toBe(1);
    expect(app.lines.filter(({ event }) => event === 'diagnostic')).toMatchObject([
      { code: 'bindings/stores-apart', where: 'stores a, b' },
    ]);
  });

  const tenon = (...args: readonly string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, [TENON, ...args], { cwd: project.folder, encoding: 'utf8' });

  test('tenon build prints the components it wrote, and nothing else with --quiet', () => {
    const { status, stdout, stderr } = tenon('build', '--quiet');
    expect([status, stdout, stderr]).toEqual([0, `${project.file('.out/speaker/speaker.wasm')}\n`, '']);
  });

  test('tenon types writes declarations beside the service', () => {
    const { status, stdout } = tenon('types');
    expect([
      status,
      stdout
        .split('\n')
        .filter(Boolean)
        .map((file) => project.relative(file))
        .toSorted(),
    ]).toEqual([0, ['speaker/contract.gen.ts', 'speaker/imports.gen.d.ts']]);
  });

  test('tenon check finds a type error with its place, and builds nothing', () => {
    project.write({ 'speaker/speaker.ts': SERVICE.replace("new Response('hello')", "'hello'") });
    try {
      const { status, stderr, stdout } = tenon('check');
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^error\[build\/type\]: [^]* --> speaker\/speaker\.ts:7:5\n/);
    } finally {
      project.write({ 'speaker/speaker.ts': SERVICE });
    }
  });
});
