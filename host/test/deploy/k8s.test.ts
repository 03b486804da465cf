import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { buildApp } from '../../src/build/app.ts';
import { kubernetesFiles, KUBERNETES_FILES } from '../../src/deploy/k8s/manifests.ts';
import { poolOf } from '../../src/deploy/pool.ts';
import { spinAppOf } from '../../src/deploy/spin-app.ts';
import { replaceFiles, spinReady } from '../../src/deploy/write.ts';
import type { Plan } from '../../src/plan/types.ts';
import { makeProject } from '../fixtures/project.ts';
import { expectGolden } from '../golden.ts';
import { ORDERS_MANIFEST, temporaryFolder } from '../orders/app.ts';
import { tool } from '../tools.ts';
import { planOf, SHOP, unitOf } from './plans.ts';
import { SpinOperatorObject } from './spin-app-schema.ts';

const run = promisify(execFile);
const validator = tool('kubernetes-validate');
const COMMITTED = join(import.meta.dirname, '../../../k8s');
const VERSIONS = ['1.29', '1.35'];

interface Read {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Record<string, unknown>;
  readonly stringData: Record<string, string>;
}

/** The objects of a file, as a reader of YAML 1.1 finds them. */
function objectsIn(text: string | undefined): Read[] {
  return parseAllDocuments(text ?? '', { version: '1.1' }).map((document) => document.toJS() as Read);
}

const POOL = { used: 4, limit: 100 };
function filesOf(plan: Plan, host?: string): ReadonlyMap<string, string> {
  return kubernetesFiles({
    plan,
    app: spinAppOf(plan),
    pools: [{ memories: { used: 2, limit: 32 }, tables: POOL, coreInstances: POOL }],
    image: 'ghcr.io/team/shop:1.2.0',
    host,
  });
}

describe('the ordering app', () => {
  const PROFILES = [undefined, 'mqtt', 'redis'] as const;
  const byProfile = new Map<string | undefined, ReadonlyMap<string, string>>();

  beforeAll(async () => {
    for (const profile of PROFILES) {
      await using folder = await temporaryFolder('k8s');
      const built = await buildApp({ manifest: ORDERS_MANIFEST, profile, outDir: folder.path });
      const { plan, app, units } = await spinReady(built);
      const pools = [...units.values()].map(poolOf);
      byProfile.set(profile, kubernetesFiles({ plan, app, pools, image: 'orders:0.1.0' }));
    }
  });

  test.each(PROFILES)('in the profile %s is as committed in k8s/', (profile) => {
    const files = byProfile.get(profile)!;
    const folder = join(COMMITTED, `orders${profile === undefined ? '' : `-${profile}`}`);
    if (process.env['UPDATE']) mkdirSync(folder, { recursive: true });
    expect([...files.keys()]).toEqual(KUBERNETES_FILES);
    for (const [name, text] of files) expectGolden(join(folder, name), text);
  });

  test.skipIf(validator.missing).each(VERSIONS)(
    `is what Kubernetes %s takes${validator.reason}`,
    async (version) => {
      const plain = [...byProfile].flatMap(([profile = 'none', files]) =>
        ['brokers.yaml', 'app.yaml'].map((name) => [`${profile}/${name}`, files.get(name)!] as const),
      );
      using project = makeProject(Object.fromEntries(plain));
      const paths = plain.map(([name]) => project.file(name));
      const args = ['--strict', '-k', version, ...paths];
      const { stdout, stderr } = await run('kubernetes-validate', args);
      const objects = plain.flatMap(([, text]) => objectsIn(text));
      expect(`${stdout}${stderr}`.match(/ passed for resource /g)?.length).toBe(objects.length);
    },
    30_000,
  );

  test.each(PROFILES)('in the profile %s is what the Spin operator takes', (profile) => {
    const own = objectsIn(byProfile.get(profile)?.get('spinapp.yaml')).filter(({ kind }) =>
      kind.startsWith('SpinApp'),
    );
    expect(own.map((object) => SpinOperatorObject.parse(object).kind)).toEqual([
      'SpinAppExecutor',
      'SpinApp',
    ]);
  });
});

describe('manifests', () => {
  const files = filesOf(SHOP, 'shop.example.com');
  const all = [...files.values()].flatMap(objectsIn);
  const find = (kind: string, name: string): Read =>
    all.find((object) => object.kind === kind && object.metadata.name === name)!;

  test('give the MQTT trigger an address, not a name', () => {
    const environment = environmentOf(find('Deployment', 'shop'));
    expect(environment['SPIN_VARIABLE_MQTT_ADDRESS']).toBe('mqtt://$(SHOP_MOSQUITTO_SERVICE_HOST):1883');
    expect(find('Service', 'shop-mosquitto')).toBeDefined();
    expect(environment['SPIN_VARIABLE_REDIS_ADDRESS']).toBe('redis://shop-redis:6379');
  });

  test('leave secrets to a Secret of the user’s, and name it', () => {
    const environment = environmentOf(find('Deployment', 'shop'));
    expect(environment['SPIN_VARIABLE_API_KEY']).toEqual({ name: 'shop-variables', key: 'api_key' });
    expect(environment['SPIN_VARIABLE_MQTT_PASSWORD']).toEqual({
      name: 'shop-variables',
      key: 'mqtt_password',
    });
    expect(environment).not.toHaveProperty('SPIN_VARIABLE_REGION');
    expect(files.get('app.yaml')).toContain(
      'kubectl create secret generic shop-variables --from-literal=api_key=… --from-literal=mqtt_password=…',
    );
  });

  test('keep each store in a database of its own', () => {
    expect(find('Secret', 'shop-runtime-config').stringData['runtime-config.toml']).toBe(
      '[key_value_store.default]\ntype = "redis"\nurl = "redis://shop-redis:6379/0"\n\n' +
        '[key_value_store.price-list]\ntype = "redis"\nurl = "redis://shop-redis:6379/1"\n',
    );
  });

  test('make the pool as large as the instances that memory bears', () => {
    const environment = environmentOf(find('Deployment', 'shop'));
    const count = Number(environment['SPIN_MAX_INSTANCE_COUNT']);
    expect(count).toBe(64);
    expect(environment['SPIN_WASMTIME_TOTAL_MEMORIES']).toBe(String(count * 2));
    expect(environment['SPIN_WASMTIME_TOTAL_TABLES']).toBe(String(count * 4));
    expect(environment['SPIN_WASMTIME_TOTAL_CORE_INSTANCES']).toBe(String(count * 4));
    expect(environment['SPIN_MAX_INSTANCE_MEMORY']).toBe('134217728');
  });

  test('run as root nothing but the shim', () => {
    const workloads = all.filter(({ kind }) => kind === 'StatefulSet');
    expect(workloads.map(({ metadata }) => metadata.name)).toEqual(['shop-redis', 'shop-mosquitto']);
    expect(workloads.map((workload) => podOf(workload)['securityContext'])).toEqual([
      expect.objectContaining({ runAsNonRoot: true, runAsUser: 999 }),
      expect.objectContaining({ runAsNonRoot: true, runAsUser: 1883 }),
    ]);
  });

  test('need neither brokers nor a store where the app has none', () => {
    const plain = planOf([unitOf('front', { triggers: [{ kind: 'http', route: '/', service: 'front' }] })]);
    const found = filesOf(plain);
    expect([...found.keys()]).toEqual(['app.yaml', 'spinapp.yaml']);
    expect(objectsIn(found.get('app.yaml')).map(({ kind }) => kind)).toEqual([
      'RuntimeClass',
      'Deployment',
      'Service',
      'Ingress',
      'HorizontalPodAutoscaler',
      'PodDisruptionBudget',
      'NetworkPolicy',
    ]);
  });

  test('probe nothing where there is no HTTP, and say so', () => {
    const worker = { ...SHOP, units: SHOP.units.slice(1) };
    const app = filesOf(worker).get('app.yaml');
    expect(objectsIn(app).map(({ kind }) => kind)).not.toContain('Service');
    expect(app).not.toContain('Probe');
    expect(app).toContain('# Without HTTP there is nothing to probe.');
  });

  test('that an earlier run wrote go away', async () => {
    using project = makeProject({ 'out/brokers.yaml': 'old', 'out/other.yaml': 'not ours' });
    await replaceFiles(project.file('out'), KUBERNETES_FILES, new Map([['app.yaml', 'new']]));
    expect(existsSync(project.file('out/brokers.yaml'))).toBe(false);
    expect(existsSync(project.file('out/other.yaml'))).toBe(true);
    expect(existsSync(project.file('out/app.yaml'))).toBe(true);
  });
});

function podOf({ spec }: Read): Record<string, unknown> {
  return (spec['template'] as { spec: Record<string, unknown> }).spec;
}

/** Variables of a workload's container: texts, or the key of a Secret. */
function environmentOf(workload: Read): Record<string, unknown> {
  const [container] = podOf(workload)['containers'] as [
    { env: { name: string; value?: string; valueFrom?: { secretKeyRef: unknown } }[] },
  ];
  return Object.fromEntries(
    container.env.map(({ name, value, valueFrom }) => [name, value ?? valueFrom?.secretKeyRef]),
  );
}
