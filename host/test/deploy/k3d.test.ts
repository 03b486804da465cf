import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { steps, type Variant } from '../../../k8s/k3d.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../../..');
const SCRIPT = join(ROOT, 'k8s/k3d.ts');

interface Read {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Record<string, unknown>;
}

function objectsIn(file: string): readonly Read[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS() as Read);
}

describe('the walk through k3d', () => {
  test('prints every command, and runs none', async () => {
    const { stdout } = await run(process.execPath, [SCRIPT, '--dry-run', '--profile', 'mqtt']);
    const commands = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(commands).toEqual(steps({ profile: 'mqtt' }).map(({ command }) => command.join(' ')));
    expect(commands[0]).toBe(
      'npx tenon image composed/orders.toml --profile mqtt -o composed/.out/orders.tar',
    );
    expect(commands.at(-1)).toBe('npm run --silent acceptance -- http://localhost:8002');
  });

  test.each<[variant: Variant, folder: string, others: readonly string[]]>([
    [{}, 'orders', ['app']],
    [{ profile: 'mqtt' }, 'orders-mqtt', ['app']],
    [{ profile: 'redis' }, 'orders-redis', ['app']],
    [{ profile: 'mqtt', split: true }, 'orders-mqtt-split', ['http/app', 'fulfilment/app']],
    [{ profile: 'redis', split: true }, 'orders-redis-split', ['http/app', 'fulfilment/app']],
  ])('applies manifests that are there: %j', (variant, folder, others) => {
    const files = steps(variant).flatMap(({ command }) => command.filter((word) => word.endsWith('.yaml')));
    const opened = files.filter((file) => file.startsWith('k8s/k3d/'));
    expect(files.filter((file) => !opened.includes(file))).toEqual(
      ['brokers', ...others].map((name) => `k8s/${folder}/${name}.yaml`),
    );
    expect(opened.length).toBe(variant.profile === 'mqtt' ? 2 : 1);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  test('has the ports of the original sample, and something that answers at each', () => {
    const create = steps({ profile: 'mqtt' }).find(({ command }) => command.includes('create'))!.command;
    const ports = create.flatMap((word, at) => (create[at - 1] === '--port' ? [word] : []));
    expect(ports).toEqual(['8002:80@loadbalancer', '1883:1883@loadbalancer', '8001:6379@loadbalancer']);
    for (const [broker, port] of [
      ['mosquitto', 1883],
      ['redis', 6379],
    ] as const) {
      const [service, policy] = objectsIn(`k8s/k3d/${broker}.yaml`);
      const ours = objectsIn('k8s/orders-mqtt/brokers.yaml');
      const own = ours.find(
        ({ kind, metadata }) => kind === 'Service' && metadata.name === `orders-${broker}`,
      )!;
      expect(service).toMatchObject({
        spec: { ...own.spec, type: 'LoadBalancer', ports: [{ name: broker, port, targetPort: broker }] },
      });
      const { podSelector } = ours.find(
        ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === `orders-${broker}`,
      )!.spec;
      expect(policy).toMatchObject({ spec: { podSelector, ingress: [{ ports: [{ port }] }] } });
    }
  });

  test('opens brokers in its own cluster only', () => {
    const folders = readdirSync(join(ROOT, 'k8s')).filter((name) => name.startsWith('orders'));
    const committed = folders.flatMap((folder) =>
      readdirSync(join(ROOT, 'k8s', folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.yaml'))
        .flatMap((name) => objectsIn(join('k8s', folder, name))),
    );
    const types = committed.filter(({ kind }) => kind === 'Service').map(({ spec }) => spec['type']);
    expect(types.length).toBeGreaterThan(5);
    expect(new Set(types)).toEqual(new Set([undefined]));
  });

  test.each<[args: string[], path: string | undefined, code: number, message: string]>([
    [['--profil'], undefined, 2, 'usage: npm run k3d'],
    [['--profile', 'kafka'], undefined, 2, 'usage: npm run k3d'],
    [['--split'], undefined, 2, 'usage: npm run k3d'],
    [[], '/nowhere', 3, 'needs docker, k3d, kubectl in PATH'],
  ])('with %j and PATH %s ends with %d', async (args, path, code, message) => {
    const env = { ...process.env, ...(path !== undefined && { PATH: path }) };
    await expect(run(process.execPath, [SCRIPT, ...args], { env })).rejects.toMatchObject({
      code,
      stderr: expect.stringContaining(message),
    });
  });
});
