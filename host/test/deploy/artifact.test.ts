import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { digestOf, spinArtifact, type Artifact } from '../../src/deploy/artifact.ts';
import { imageArchive } from '../../src/deploy/image.ts';
import { lockedApp } from '../../src/deploy/locked-app.ts';
import { partReference } from '../../src/deploy/reference.ts';
import { spinAppOf } from '../../src/deploy/spin-app.ts';
import { spinToml } from '../../src/deploy/spin-toml.ts';
import { splitApp } from '../../src/deploy/split.ts';
import type { SpinReady } from '../../src/deploy/write.ts';
import type { Plan } from '../../src/plan/types.ts';
import { expectGolden } from '../golden.ts';
import { planOf, SHOP, unitOf, WORKER } from './plans.ts';

const FRONT = Buffer.alloc(300, 'front');
const STOCK = Buffer.alloc(700, 'stock');

function readyOf(
  plan: Plan,
  units: Readonly<Record<string, Uint8Array>> = { front: FRONT, stock: STOCK },
): SpinReady {
  return { plan, app: spinAppOf(plan), units: new Map(Object.entries(units)) };
}

const jsonOf = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString());

describe('the locked app', () => {
  test.each([
    ['shop', SHOP],
    ['worker', WORKER],
  ])('of %s is as reviewed', (name, plan) => {
    const digests = new Map([
      ['front', digestOf(FRONT)],
      ['stock', digestOf(STOCK)],
    ]);
    expectGolden(
      join(import.meta.dirname, 'golden', `${name}.locked.json`),
      `${JSON.stringify(lockedApp(spinAppOf(plan), digests), null, 2)}\n`,
    );
  });

  test('says what it needs where components call each other over Spin’s own hosts', () => {
    const calling = (host: string) =>
      planOf([
        unitOf('front', {
          triggers: [{ kind: 'http', route: '/', service: 'front' }],
          grants: [{ kind: 'http', host }],
        }),
      ]);
    const locked = (host: string) => lockedApp(spinAppOf(calling(host)), new Map([['front', 'sha256:0']]));
    expect(locked('http://stock.spin.internal')).toMatchObject({
      spin_lock_version: 1,
      must_understand: ['component_host_requirements'],
      components: [{ host_requirements: { local_service_chaining: 'required' } }],
    });
    expect(locked('https://stock.example.com')).toMatchObject({ spin_lock_version: 0 });
    expect(locked('https://stock.example.com')).not.toHaveProperty('must_understand');
  });
});

describe('the artifact', () => {
  const artifact = spinArtifact(readyOf(SHOP));

  test('is what Spin and its shim look for', () => {
    expect(jsonOf(artifact.manifest.bytes)).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: {
        mediaType: 'application/vnd.oci.image.config.v1+json',
        digest: digestOf(artifact.config.bytes),
        size: artifact.config.bytes.length,
      },
      layers: [
        { mediaType: 'application/vnd.wasm.content.layer.v1+wasm', digest: digestOf(FRONT), size: 300 },
        { mediaType: 'application/vnd.wasm.content.layer.v1+wasm', digest: digestOf(STOCK), size: 700 },
        {
          mediaType: 'application/vnd.fermyon.spin.application.v1+config',
          digest: artifact.layers[2]?.digest,
          size: artifact.layers[2]?.bytes.length,
        },
      ],
      annotations: {
        'org.opencontainers.image.title': 'shop',
        'org.opencontainers.image.version': '1.2.0',
        'org.opencontainers.image.description': 'Sells "things"',
      },
    });
    expect(jsonOf(artifact.config.bytes)).toEqual({
      architecture: 'wasm',
      os: 'wasip1',
      config: { Labels: { 'com.fermyon.spin.lockedAppDigest': artifact.layers[2]?.digest } },
      rootfs: { type: 'layers', diff_ids: [] },
    });
    expect(jsonOf(artifact.layers[2]!.bytes)).toMatchObject({
      components: [
        { id: 'front', source: { digest: digestOf(FRONT) } },
        { id: 'stock', source: { digest: digestOf(STOCK) } },
      ],
    });
  });

  test('has the same digest for the same input', () => {
    const digest = ({ manifest }: Artifact): string => manifest.digest;
    expect(digest(spinArtifact(readyOf(SHOP)))).toBe(digest(artifact));
    expect(digest(spinArtifact(readyOf({ ...SHOP, version: '1.2.1' })))).not.toBe(digest(artifact));
    expect(digest(spinArtifact(readyOf(SHOP, { front: FRONT, stock: FRONT })))).not.toBe(digest(artifact));
  });

  test('has one layer for units of the same bytes', () => {
    const { layers } = spinArtifact(readyOf(WORKER, { front: FRONT, stock: FRONT }));
    expect(layers.map(({ name }) => name)).toEqual(['stock.wasm', 'locked app']);
    expect(jsonOf(layers[1]!.bytes)).toMatchObject({
      components: [{ source: { digest: digestOf(FRONT) } }, { source: { digest: digestOf(FRONT) } }],
    });
  });
});

describe('the image', () => {
  const reference = { registry: 'docker.io', repository: 'library/shop', tag: '1.2.0' };
  const archive = imageArchive([{ ready: readyOf(SHOP), reference }], 'amd64');

  test('holds /spin.toml and the units, and names what it holds', () => {
    const outer = filesOf(archive);
    expect([...outer.keys()].at(-1)).toBe('manifest.json');
    const [manifest] = jsonOf(outer.get('manifest.json')!) as [
      { Config: string; RepoTags: string[]; Layers: [string] },
    ];
    expect(manifest.RepoTags).toEqual(['shop:1.2.0']);
    const config = outer.get(manifest.Config)!;
    const layer = outer.get(manifest.Layers[0])!;
    expect(manifest.Config).toBe(`${digestOf(config).slice(7)}.json`);
    expect(jsonOf(config)).toEqual({
      architecture: 'amd64',
      os: 'linux',
      config: { Cmd: ['/'], WorkingDir: '/' },
      rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
    });
    const inner = filesOf(layer);
    expect([...inner.keys()]).toEqual(['spin.toml', 'front.wasm', 'stock.wasm']);
    expect(Buffer.from(inner.get('spin.toml')!).toString()).toBe(spinToml(spinAppOf(SHOP)));
    expect(inner.get('stock.wasm')).toEqual(STOCK);
  });

  test('is the same for the same input', () => {
    expect(imageArchive([{ ready: readyOf(SHOP), reference }], 'amd64')).toEqual(archive);
    expect(imageArchive([{ ready: readyOf(SHOP), reference }], 'arm64')).not.toEqual(archive);
  });

  test('of each part of a split app is in the same archive', () => {
    const contents = splitApp(WORKER).map(({ name, plan, app }) => ({
      ready: { plan, app, units: new Map(plan.units.map((unit) => [unit.name, FRONT])) },
      reference: partReference(reference, name),
    }));
    const outer = filesOf(imageArchive(contents, 'amd64'));
    const images = jsonOf(outer.get('manifest.json')!) as { RepoTags: string[]; Layers: [string] }[];
    expect(images.map(({ RepoTags }) => RepoTags)).toEqual([['shop-http:1.2.0'], ['shop-stock:1.2.0']]);
    const inner = images.map(({ Layers: [layer] }) => [...filesOf(outer.get(layer)!).keys()]);
    expect(inner).toEqual([
      ['spin.toml', 'front.wasm'],
      ['spin.toml', 'stock.wasm'],
    ]);
  });
});

/** Reads an archive that has files only, checking sizes and sums. */
function filesOf(archive: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const bytes = Buffer.from(archive);
  const files = new Map<string, Uint8Array>();
  let at = 0;
  while (bytes[at] !== 0) {
    const header = bytes.subarray(at, at + 512);
    const text = (from: number, to: number): string =>
      header.toString('utf8', from, to).replace(/\0.*$/s, '');
    const size = Number.parseInt(text(124, 136), 8);
    const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
    expect(Number.parseInt(text(148, 156), 8)).toBe(sum);
    files.set(text(0, 100), bytes.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  expect(bytes.length - at).toBe(1024);
  return files;
}
