import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { encodeWorld } from '../../src/build/wit/encode.ts';
import { checkApp } from '../../src/cli/check.ts';
import { TenonError, unwrap } from '../../src/diagnostics/error.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { parseManifest } from '../../src/manifest/parse.ts';
import type { Manifest } from '../../src/manifest/types.ts';
import { resolvePlan } from '../../src/plan/resolve.ts';
import type { Plan, ServiceWorld } from '../../src/plan/types.ts';
import { MANIFEST, type WrongCase } from './case.ts';

const OUR_WIT = join(import.meta.dirname, '../../../wit');

/** What the stages so far have made of a case. */
export interface Progress {
  readonly wrong: WrongCase;
  readonly folder: string;
  manifest?: Manifest;
  worlds?: ReadonlyMap<string, ServiceWorld>;
  plan?: Plan;
}

/** The stages of a build up to where cases fail; each throws a TenonError. Later ones are appended. */
export const STAGES: readonly ((progress: Progress) => Promise<void>)[] = [
  readManifest,
  readWorlds,
  makePlan,
  checkTypes,
];

/** The diagnostics of the first stage that fails; none where all of them succeed. */
export async function diagnosticsOf(wrong: WrongCase, folder: string): Promise<readonly Diagnostic[]> {
  const progress: Progress = { wrong, folder };
  try {
    for (const stage of STAGES) await stage(progress);
    return [];
  } catch (error) {
    if (error instanceof TenonError) return error.diagnostics;
    throw error;
  }
}

async function readManifest(progress: Progress): Promise<void> {
  const { file, text } = manifestOf(progress);
  const { profile, place } = progress.wrong;
  progress.manifest = unwrap(parseManifest(text, file, { profile, place }));
}

async function readWorlds(progress: Progress): Promise<void> {
  const worlds = new Map<string, ServiceWorld>();
  const ownWit = join(progress.folder, 'wit');
  const witDirs = existsSync(ownWit) ? [ownWit, OUR_WIT] : [OUR_WIT];
  for (const [service, { path = '.', world }] of Object.entries(progress.manifest?.services ?? {})) {
    const file = join(dirname(join(progress.folder, MANIFEST)), path, 'world.wit');
    const encoded = await encodeWorld({ worldFile: file, witDirs, world });
    const { world: own, id: worldId, spanOf } = encoded;
    worlds.set(service, { service, world: own, worldId, file, spanOf });
  }
  progress.worlds = worlds;
}

async function makePlan(progress: Progress): Promise<void> {
  const { manifest, worlds } = progress;
  if (!manifest || !worlds) throw new Error('the stages before did not run');
  const { file, text } = manifestOf(progress);
  progress.plan = unwrap(resolvePlan(manifest, worlds, { file, text, profile: progress.wrong.profile }));
}

/** For cases with TypeScript: all that `tenon check` does. */
async function checkTypes({ wrong, folder }: Progress): Promise<void> {
  const { profile, place, files } = wrong;
  if (![...files.keys()].some((file) => file.endsWith('.ts'))) return;
  await checkApp({ manifest: join(folder, MANIFEST), profile, place });
}

function manifestOf({ wrong, folder }: Progress): { file: string; text: string } {
  return { file: join(folder, MANIFEST), text: wrong.files.get(MANIFEST) ?? '' };
}
