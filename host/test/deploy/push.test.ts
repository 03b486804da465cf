import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { makeProject, type Project } from '../fixtures/project.ts';
import { expectGolden } from '../golden.ts';
import { ORDERS_MANIFEST } from '../orders/app.ts';
import { tool } from '../tools.ts';
import { startRealRegistry, type RealRegistry } from './real-registry.ts';

const run = promisify(execFile);
const TENON = fileURLToPath(new URL('../../bin/tenon.js', import.meta.url));
const registryTool = tool('docker-registry');
const skopeo = tool('skopeo');

interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line, with docker's configuration in a folder of its own. */
async function tenon(args: readonly string[], dockerConfig = '/nowhere'): Promise<Output> {
  let stdout = '';
  let stderr = '';
  const code = await main(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: { DOCKER_CONFIG: dockerConfig },
  });
  return { code, stdout, stderr };
}

/** A folder that skopeo fills: what it pulled, by digest without `sha256:`. */
function pulled(folder: string): ReadonlyMap<string, Buffer> {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe.skipIf(registryTool.missing || skopeo.missing)(
  `the ordering app in a real registry${registryTool.reason}${skopeo.reason}`,
  () => {
    let project: Project;
    let registry: RealRegistry;

    beforeAll(async () => {
      project = makeProject();
      registry = await startRealRegistry();
    });
    afterAll(async () => {
      await registry[Symbol.asyncDispose]();
      project[Symbol.dispose]();
    });

    test('is there as it was pushed, whoever pulls it', async () => {
      const reference = `${registry.host}/team/orders:0.1.0`;
      const first = await tenon(['push', reference, ORDERS_MANIFEST]);
      expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/@sha256:[0-9a-f]{64}\n$/) });
      const digest = first.stdout.trim().split('@')[1]!;

      const folder = project.file('pulled');
      await run('skopeo', ['copy', '--src-tls-verify=false', `docker://${reference}`, `dir:${folder}`]);
      const files = pulled(folder);
      const manifest = files.get('manifest.json')!;
      expect(`sha256:${sha256(manifest)}`).toBe(digest);
      const { config, layers } = JSON.parse(manifest.toString()) as {
        config: { digest: string };
        layers: { mediaType: string; digest: string }[];
      };
      const contentOf = (address: string): Buffer => files.get(address.slice('sha256:'.length))!;
      for (const { digest: address } of [config, ...layers])
        expect(`sha256:${sha256(contentOf(address))}`).toBe(address);
      expect(layers.map(({ mediaType }) => mediaType)).toEqual([
        'application/vnd.wasm.content.layer.v1+wasm',
        'application/vnd.wasm.content.layer.v1+wasm',
        'application/vnd.fermyon.spin.application.v1+config',
      ]);
      const locked = contentOf(layers[2]!.digest).toString();
      expect(JSON.parse(contentOf(config.digest).toString())).toMatchObject({
        architecture: 'wasm',
        os: 'wasip1',
        config: { Labels: { 'com.fermyon.spin.lockedAppDigest': layers[2]!.digest } },
      });
      // Digests of components change with the toolchain; which one is whose does not.
      const named = layers.reduce((text, layer, at) => text.replaceAll(layer.digest, `layer ${at}`), locked);
      expectGolden(
        join(import.meta.dirname, 'golden', 'orders.locked.json'),
        `${JSON.stringify(JSON.parse(named), null, 2)}\n`,
      );
    });

    test('has the same digest again, under any tag', async () => {
      const again = await tenon(['push', `${registry.host}/team/orders`, ORDERS_MANIFEST, '--json']);
      const results = again.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(results.at(-1)).toMatchObject({
        event: 'result',
        reference: `${registry.host}/team/orders:0.1.0`,
        layers: [{}, {}, {}],
      });
      const other = await tenon(['push', `${registry.host}/team/orders:other`, ORDERS_MANIFEST]);
      expect(other.stdout).toBe(`${registry.host}/team/orders:other@${results.at(-1)?.['digest']}\n`);
      expect(other.stderr).toContain('present');
      expect(other.stderr).not.toContain('pushed');
    });

    test('is an image archive that skopeo loads, and the same again', async () => {
      const [one, two] = [project.file('one.tar'), project.file('two.tar')];
      const written = await tenon(['image', ORDERS_MANIFEST, '-o', one, '--arch', 'amd64']);
      expect(written).toMatchObject({ code: 0, stdout: `${one}\n` });
      await tenon(['image', ORDERS_MANIFEST, '-o', two, '--arch', 'amd64']);
      expect(readFileSync(one).equals(readFileSync(two))).toBe(true);
      const { stdout } = await run('skopeo', ['inspect', `docker-archive:${one}:orders:0.1.0`]);
      expect(JSON.parse(stdout)).toMatchObject({
        Architecture: 'amd64',
        Os: 'linux',
        Layers: [expect.any(String)],
      });
      const folder = project.file('image');
      await run('skopeo', ['copy', `docker-archive:${one}`, `dir:${folder}`]);
      const [layer = ''] = (
        JSON.parse(pulled(folder).get('manifest.json')!.toString()) as { layers: { digest: string }[] }
      ).layers.map(({ digest }) => digest.slice('sha256:'.length));
      const listed = await run('tar', ['tf', join(folder, layer)]);
      expect(listed.stdout.trim().split('\n')).toEqual(['spin.toml', 'receiver.wasm', 'status.wasm']);
    });

    test('needs the credentials that docker has', async () => {
      await using closed = await startRealRegistry({ login: true });
      const reference = `${closed.host}/orders:1`;
      const refused = await tenon(['push', reference, ORDERS_MANIFEST]);
      expect(refused.code).toBe(3);
      expect(refused.stderr).toContain('error[deploy/registry-auth]');
      expect(refused.stderr).toContain(`docker login ${closed.host}`);
      const auth = Buffer.from('me:pass').toString('base64');
      project.write({ 'docker/config.json': JSON.stringify({ auths: { [closed.host]: { auth } } }) });
      const accepted = await tenon(['push', reference, ORDERS_MANIFEST], project.file('docker'));
      expect(accepted).toMatchObject({ code: 0, stdout: expect.stringContaining(reference) });
    });

    test('is refused by a registry that takes nothing', async () => {
      await using closed = await startRealRegistry({ readOnly: true });
      const { code, stderr } = await tenon(['push', `${closed.host}/orders:1`, ORDERS_MANIFEST]);
      expect(code).toBe(3);
      expect(stderr).toMatch(/error\[deploy\/registry-refused\].*did not take an upload/);
      expect(stderr).toContain('status 405');
    });
  },
);

describe('the ordering app', () => {
  test('gets its manifests by one command', async () => {
    using project = makeProject();
    const folder = project.file('k8s');
    const { code, stdout } = await tenon([
      'k8s',
      ORDERS_MANIFEST,
      '-o',
      folder,
      '--image',
      'ghcr.io/team/orders:0.1.0',
      '--host',
      'shop.example.com',
    ]);
    expect([code, stdout]).toEqual([
      0,
      ['brokers.yaml', 'app.yaml', 'spinapp.yaml'].map((name) => `${join(folder, name)}\n`).join(''),
    ]);
    const app = readFileSync(join(folder, 'app.yaml'), 'utf8');
    expect(app).toContain('image: ghcr.io/team/orders:0.1.0');
    expect(app).toContain('host: shop.example.com');
  });

  test('leaves the image of before where the disk is full', async () => {
    using project = makeProject({ 'orders.tar': 'of before' });
    const file = project.file('orders.tar');
    // Built, so that only the archive is over the limit.
    await tenon(['build', ORDERS_MANIFEST]);
    const args = [process.execPath, TENON, 'image', ORDERS_MANIFEST, '-o', file];
    const failed = await run('sh', ['-c', 'ulimit -f 1000; exec "$@"', 'sh', ...args]).catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ code: 3, stderr: expect.stringContaining('error[cli/unwritable-file]') });
    expect(readdirSync(project.folder)).toEqual(['orders.tar']);
    expect(readFileSync(file, 'utf8')).toBe('of before');
  });
});

describe('the command line of', () => {
  test.each([
    [['push'], "missing required argument 'reference'"],
    [['push', 'Orders'], 'the repository is not lower-case words'],
    [['image'], "required option '-o, --output <file>' not specified"],
    [['image', '-o', 'x.tar', '--tag', 'a:b:c'], 'names no place in a registry'],
    [['k8s'], "required option '-o, --output <folder>' not specified"],
    [['k8s', '-o', 'x', '--image', 'A'], 'names no place in a registry'],
    [['image', '-o', 'x.tar', '--arch', 'sparc'], 'Allowed choices are amd64, arm64'],
  ])('%j is not understood', async (args, message) => {
    const { code, stderr } = await tenon(args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
