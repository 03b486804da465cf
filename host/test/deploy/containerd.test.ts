import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { imageArchive } from '../../src/deploy/image.ts';
import { parseReference, partReference } from '../../src/deploy/reference.ts';
import { spinToml } from '../../src/deploy/spin-toml.ts';
import { splitApp } from '../../src/deploy/split.ts';
import { makeProject } from '../fixtures/project.ts';
import { tool } from '../tools.ts';
import { WORKER } from './plans.ts';
import { SNAPSHOTTER, startRealContainerd } from './real-containerd.ts';

const containerd = tool('containerd');
/** It mounts each layer to unpack it, which not every container lets root do. */
const mounts = spawnSync('unshare', ['--mount', 'true']).status === 0;
const reason = containerd.reason || (mounts ? '' : ' [skipped: nothing can be mounted here]');
const COMPONENT = Buffer.alloc(700, 'component');

describe.skipIf(containerd.missing || !mounts)(`an image archive in containerd${reason}`, () => {
  test('is there under the names that pods use, unpacked, with what the shim reads', async () => {
    using project = makeProject();
    await using node = await startRealContainerd();
    const parts = splitApp(WORKER);
    const contents = parts.map(({ name, plan, app }) => ({
      ready: { plan, app, units: new Map(plan.units.map((unit) => [unit.name, COMPONENT])) },
      reference: partReference(parseReference('shop', '1.2.0'), name),
    }));
    const archive = project.file('shop.tar');
    writeFileSync(archive, imageArchive(contents, process.arch === 'arm64' ? 'arm64' : 'amd64'));

    await node.ctr('images', 'import', ...SNAPSHOTTER, archive);
    const names = (await node.ctr('images', 'list', '--quiet')).trim().split('\n');
    // A pod's `shop-http:1.2.0` is this.
    expect(names).toEqual(['docker.io/library/shop-http:1.2.0', 'docker.io/library/shop-stock:1.2.0']);
    const unpacked = node.snapshots().map((folder) => {
      expect(readdirSync(folder).filter((name) => name !== 'spin.toml')).toEqual([
        expect.stringMatching(/^(front|stock)\.wasm$/),
      ]);
      return readFileSync(join(folder, 'spin.toml'), 'utf8');
    });
    expect(unpacked.toSorted()).toEqual(parts.map(({ app }) => spinToml(app)).toSorted());
    // What a pod starts from: it fails where the image's layers do not go together with what it says of them.
    for (const name of names)
      await node.ctr('containers', 'create', ...SNAPSHOTTER, name, name.replaceAll(/\W/g, '-'));
  });
});
