import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'smol-toml';
import { expect, test } from 'vitest';
import { encodeWorld } from '../../src/build/wit/encode.ts';
import { spinAppOf } from '../../src/deploy/spin-app.ts';
import { spinProblems } from '../../src/deploy/spin-names.ts';
import { spinToml } from '../../src/deploy/spin-toml.ts';
import { unwrap } from '../../src/diagnostics/error.ts';
import { parseManifest } from '../../src/manifest/parse.ts';
import { resolvePlan } from '../../src/plan/resolve.ts';
import type { Plan, ServiceWorld } from '../../src/plan/types.ts';
import { expectGolden } from '../golden.ts';
import { ORDERS_MANIFEST } from '../orders/app.ts';
import { readSpinManifest } from './spin-schema.ts';

const WIT = join(dirname(ORDERS_MANIFEST), '../wit');

/** The plan of the ordering app in a profile, without building it. */
async function ordersPlan(profile: string | undefined): Promise<Plan> {
  const text = readFileSync(ORDERS_MANIFEST, 'utf8');
  const manifest = unwrap(parseManifest(text, ORDERS_MANIFEST, { profile }));
  const worlds = new Map<string, ServiceWorld>();
  for (const [service, { path = '.' }] of Object.entries(manifest.services)) {
    const worldFile = join(dirname(ORDERS_MANIFEST), path, 'world.wit');
    const { world, id } = await encodeWorld({ worldFile, witDirs: [WIT] });
    worlds.set(service, { service, world, worldId: id, file: worldFile });
  }
  return unwrap(resolvePlan(manifest, worlds, { file: ORDERS_MANIFEST, text, profile }));
}

test.each([undefined, 'mqtt', 'redis'])(
  'the ordering app in the profile %s is what Spin reads',
  async (profile) => {
    const plan = await ordersPlan(profile);
    const app = spinAppOf(plan);
    const text = spinToml(app);
    expect(spinProblems(plan, app)).toEqual([]);
    const { component, trigger } = readSpinManifest(parse(text));
    expect(Object.keys(component).length).toBe(profile === undefined ? 2 : 3);
    expect(Object.keys(trigger)).toEqual(['http', ...(profile === undefined ? [] : [profile])]);
    expectGolden(
      join(import.meta.dirname, 'golden', `orders${profile ? `-${profile}` : ''}.spin.toml`),
      text,
    );
  },
);
