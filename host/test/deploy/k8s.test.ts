import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { buildApp } from '../../src/build/app.ts';
import { manifestsIn } from '../../src/deploy/k8s/earlier.ts';
import { kubernetesFiles } from '../../src/deploy/k8s/manifests.ts';
import { poolOf } from '../../src/deploy/pool.ts';
import { spinAppOf } from '../../src/deploy/spin-app.ts';
import { splitApp } from '../../src/deploy/split.ts';
import { splitReady } from '../../src/deploy/write-parts.ts';
import { replaceFiles, spinReady } from '../../src/deploy/write.ts';
import type { Plan } from '../../src/plan/types.ts';
import { makeProject } from '../fixtures/project.ts';
import { expectGolden } from '../golden.ts';
import { ORDERS_MANIFEST, temporaryFolder } from '../orders/app.ts';
import { tool } from '../tools.ts';
import { planOf, SHOP, unitOf, WORKER } from './plans.ts';
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
const FIXED = {
  pools: [{ memories: { used: 2, limit: 32 }, tables: POOL, coreInstances: POOL }],
  image: 'ghcr.io/team/shop:1.2.0',
};
function filesOf(plan: Plan, host?: string): ReadonlyMap<string, string> {
  return kubernetesFiles(plan, [{ ...FIXED, plan, app: spinAppOf(plan), host }]);
}

describe('the ordering app', () => {
  const VARIANTS = ['orders', 'orders-mqtt', 'orders-redis', 'orders-mqtt-split', 'orders-redis-split'];
  const byVariant = new Map<string, ReadonlyMap<string, string>>();

  beforeAll(async () => {
    for (const variant of VARIANTS) {
      const [, profile, split] = variant.split('-');
      await using folder = await temporaryFolder('k8s');
      const built = await buildApp({ manifest: ORDERS_MANIFEST, profile, outDir: folder.path });
      const { plan } = built;
      const apps = (split === undefined ? [await spinReady(built)] : await splitReady(built)).map(
        ({ app, units, part }) => ({
          plan,
          app,
          part,
          pools: [...units.values()].map(poolOf),
          image: `${app.name}:0.1.0`,
        }),
      );
      byVariant.set(variant, kubernetesFiles(plan, apps));
    }
  });

  test.each(VARIANTS)('is as committed in k8s/%s', async (variant) => {
    const files = byVariant.get(variant)!;
    const folder = join(COMMITTED, variant);
    for (const [name, text] of files) {
      if (process.env['UPDATE']) mkdirSync(dirname(join(folder, name)), { recursive: true });
      expectGolden(join(folder, name), text);
    }
    expect((await manifestsIn(folder)).toSorted()).toEqual([...files.keys()].toSorted());
  });

  test.skipIf(validator.missing).each(VERSIONS)(
    `is what Kubernetes %s takes${validator.reason}`,
    async (version) => {
      const plain = [...byVariant].flatMap(([variant, files]) =>
        [...files]
          .filter(([name]) => !name.endsWith('spinapp.yaml'))
          .map(([name, text]) => [`${variant}/${name}`, text] as const),
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

  test.each(VARIANTS)('in k8s/%s is what the Spin operator takes', (variant) => {
    const files = [...byVariant.get(variant)!].filter(([name]) => name.endsWith('spinapp.yaml'));
    expect(files.length).toBe(variant.endsWith('-split') ? 2 : 1);
    for (const [, text] of files) {
      const own = objectsIn(text).filter(({ kind }) => kind.startsWith('SpinApp'));
      expect(own.map((object) => SpinOperatorObject.parse(object).kind)).toEqual([
        'SpinAppExecutor',
        'SpinApp',
      ]);
    }
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

  test('that an earlier run wrote go away, and nobody else’s', async () => {
    const ours = files.get('app.yaml')!;
    using project = makeProject({
      'out/brokers.yaml': ours,
      'out/stock/app.yaml': ours,
      'out/stock/other.yaml': ours,
      'out/mine/app.yaml': 'kind: Deployment\n',
    });
    const out = project.file('out');
    await replaceFiles(out, await manifestsIn(out), new Map([['app.yaml', 'new']]));
    expect(readdirSync(out, { recursive: true }).toSorted()).toEqual([
      'app.yaml',
      'mine',
      'mine/app.yaml',
      'stock',
      'stock/other.yaml',
    ]);
  });
});

describe('manifests of a split app', () => {
  const parts = splitApp(SHOP).map(({ name, app }) => ({ ...FIXED, plan: SHOP, part: name, app }));
  const files = kubernetesFiles(SHOP, parts);
  const find = (file: string, kind: string): Read =>
    objectsIn(files.get(file)).find((object) => object.kind === kind)!;

  test('are a folder for each part, and brokers for all', () => {
    expect([...files.keys()]).toEqual([
      'brokers.yaml',
      'http/app.yaml',
      'http/spinapp.yaml',
      'stock/app.yaml',
      'stock/spinapp.yaml',
    ]);
    const deployments = ['http', 'stock'].map((part) => find(`${part}/app.yaml`, 'Deployment').metadata.name);
    expect(deployments).toEqual(['shop-http', 'shop-stock']);
    expect(objectsIn(files.get('stock/app.yaml')).map(({ kind }) => kind)).not.toContain('Service');
  });

  test('let the pods of every part reach the brokers', () => {
    const labels = ['http', 'stock'].map((part) => {
      const { template } = find(`${part}/app.yaml`, 'Deployment').spec as {
        template: { metadata: { labels: object } };
      };
      return template.metadata.labels;
    });
    const { ingress } = find('brokers.yaml', 'NetworkPolicy').spec as { ingress: [{ from: object[] }] };
    expect(ingress[0].from).toEqual(labels.map((matchLabels) => ({ podSelector: { matchLabels } })));
  });

  test('name the same brokers and databases for all parts', () => {
    const other: Plan = {
      ...WORKER,
      units: WORKER.units.map((unit) =>
        unit.name === 'stock'
          ? { ...unit, grants: [...unit.grants, { kind: 'key-value', label: 'archive' }] }
          : unit,
      ),
    };
    const configs = splitApp(other).map(({ name, app }) => {
      const own = kubernetesFiles(other, [{ ...FIXED, plan: other, part: name, app }]);
      const secret = objectsIn(own.get(`${name}/app.yaml`)).find(({ kind }) => kind === 'Secret');
      return secret?.stringData['runtime-config.toml']?.match(/redis:.+\d/g);
    });
    expect(configs).toEqual([
      ['redis://shop-redis:6379/1'],
      ['redis://shop-redis:6379/0', 'redis://shop-redis:6379/1'],
    ]);
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
