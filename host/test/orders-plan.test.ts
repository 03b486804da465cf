import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeWorld } from '../src/build/wit/encode.ts';
import { unwrap } from '../src/diagnostics/error.ts';
import { parseManifest } from '../src/manifest/parse.ts';
import { planToJson } from '../src/plan/json.ts';
import { resolvePlan } from '../src/plan/resolve.ts';
import type { ServiceWorld } from '../src/plan/types.ts';
import { expectGolden } from './golden.ts';

const ROOT = join(import.meta.dirname, '../..');

test('the plan of the ordering app is as reviewed', async () => {
  const file = join(ROOT, 'composed/orders.toml');
  const text = readFileSync(file, 'utf8');
  const manifest = unwrap(parseManifest(text, file));
  const worlds = new Map<string, ServiceWorld>();
  for (const [service, { path = '.' }] of Object.entries(manifest.services)) {
    const worldFile = join(dirname(file), path, 'world.wit');
    const { world, id } = await encodeWorld({ worldFile, witDirs: [join(ROOT, 'wit')] });
    worlds.set(service, { service, world, worldId: id, file: worldFile });
  }
  const plan = unwrap(resolvePlan(manifest, worlds, { file, text }));
  expect(plan.units.map(({ services }) => services.join(' < '))).toEqual(['fulfilment < receiver', 'status']);
  expectGolden(
    join(import.meta.dirname, 'orders-plan.json'),
    `${JSON.stringify(planToJson(plan), null, 2)}\n`,
  );
});
