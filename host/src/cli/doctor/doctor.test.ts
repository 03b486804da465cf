import { chmodSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { describe, expect, test } from 'vitest';
import { makeProject } from '../../../test/fixtures/project.ts';
import { buildApp } from '../../build/app.ts';
import { writeSpinToml } from '../../deploy/write.ts';
import { main } from '../main.ts';
import { checkApp } from './app.ts';
import { checkBroker, checkPort } from './ports.ts';
import { checkPrograms } from './programs.ts';

/** A PATH with these programs and no others. */
async function programsWith(bodies: Readonly<Record<string, string>>) {
  const files = Object.entries(bodies).map(([name, body]) => [name, `#!/bin/sh\n${body}\n`] as const);
  using project = makeProject(Object.fromEntries(files));
  for (const [name] of files) chmodSync(project.file(name), 0o755);
  const found = await checkPrograms({ PATH: project.folder });
  return Object.fromEntries(found.map(({ what, state, found: text }) => [what, `${state}: ${text}`]));
}

async function listening(): Promise<Server & { readonly port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

describe('programs', () => {
  test('are absent, and not needed', async () => {
    expect(await programsWith({})).toEqual({
      spin: 'absent: not in PATH',
      docker: 'absent: not in PATH',
      k3d: 'absent: not in PATH',
      kubectl: 'absent: not in PATH',
    });
  });

  test('are there with their version, too old, or broken', async () => {
    expect(
      await programsWith({
        spin: 'echo "spin 3.6.3 (88d51cf 2026-01-01)"',
        docker: 'echo "Docker version 28.2.2, build e6534b4"',
        k3d: 'echo "k3d version v5.6.0"; echo "k3s version v1.27.4-k3s1 (default)"',
        kubectl: 'exit 7',
      }),
    ).toEqual({
      spin: 'ok: 3.6.3',
      docker: 'ok: 28.2.2',
      k3d: 'problem: 5.6.0',
      kubectl: 'problem: does not start (7)',
    });
  });
});

test('ports are free or taken, brokers there or not', async () => {
  const server = await listening();
  expect(await checkPort(server.port)).toMatchObject({
    state: 'problem',
    found: 'cannot be listened on (EADDRINUSE)',
    fix: expect.stringContaining(`--listen 127.0.0.1:${server.port + 1}`),
  });
  expect(await checkBroker('MQTT', server.port, 'fix')).toEqual({
    what: 'MQTT',
    state: 'ok',
    found: `listens on 127.0.0.1:${server.port}`,
  });
  await close(server);
  expect(await checkPort(server.port)).toMatchObject({ state: 'ok' });
  expect(await checkBroker('MQTT', server.port, 'fix')).toMatchObject({ state: 'absent', fix: 'fix' });
});

describe('the app', () => {
  const DOOR = {
    'door/world.wit': 'package shop:door@0.1.0;\n\nworld door {\n  export fermyon:spin/inbound-http;\n}\n',
    'door/door.ts': 'export default { fetch: (): Response => new Response("hello") };\n',
    'shop.toml':
      'name = "shop"\n\n[service.door]\npath = "door"\n\n[[trigger.http]]\nroute = "/..."\nservice = "door"\n',
  };

  test('is built, then stale', async () => {
    using project = makeProject(DOOR);
    const manifest = project.file('shop.toml');
    const output = async () => (await checkApp(manifest)).find(({ what }) => what === 'output');
    expect(await output()).toMatchObject({ state: 'absent' });
    const built = await buildApp({ manifest });
    expect(await output()).toMatchObject({ state: 'absent', found: 'current, but without spin.toml' });
    await writeSpinToml(built);
    expect(await output()).toMatchObject({ state: 'ok' });
    writeFileSync(project.file('door/door.ts'), DOOR['door/door.ts'].replace('hello', 'hello again'));
    expect(await output()).toMatchObject({ state: 'problem', found: expect.stringContaining('stale') });
  });

  test('is not there, or cannot be read', async () => {
    using project = makeProject({
      'empty/x.txt': '',
      'wrong/shop.toml': DOOR['shop.toml'].replace('door"', 'doors"'),
    });
    expect(await checkApp(project.file('empty'))).toMatchObject([{ what: 'app', state: 'absent' }]);
    expect(await checkApp(project.file('wrong'))).toMatchObject([
      { what: 'app', state: 'problem', fix: expect.stringContaining('tenon check ') },
    ]);
  });
});

test('the command lists everything, and ends with 3 where something will not work', async () => {
  using project = makeProject({ 'wrong/shop.toml': 'name = "Shop"\n\n[service.a]\npath = "a"\n' });
  let stdout = '';
  let stderr = '';
  const code = await main(['doctor', project.file('wrong/shop.toml')], {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: { PATH: '/nowhere' },
  });
  expect(code).toBe(3);
  expect(stdout).toMatch(/^ {2}ok {2}Node/m);
  expect(stdout).toMatch(/^ {2}no {2}app/m);
  expect(stdout).toMatch(/^ {2}– {3}kubectl +not in PATH$/m);
  expect(stderr).toContain('error[cli/doctor]');
});
