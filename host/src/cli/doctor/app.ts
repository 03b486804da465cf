import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { cacheFolder } from '../../build/app.ts';
import { openCache } from '../../build/cache.ts';
import { loadApp } from '../../build/load.ts';
import { readState } from '../../build/state.ts';
import { PARTS } from '../../deploy/write.ts';
import { TenonError } from '../../diagnostics/error.ts';
import { chooseManifest } from '../manifest-file.ts';
import type { Finding } from './check.ts';

/** Whether there is an app here, whether it can be read, and whether what was built is what it says. */
export async function checkApp(named: string | undefined): Promise<Finding[]> {
  let manifest: string;
  try {
    manifest = chooseManifest(named);
  } catch (error) {
    if (!(error instanceof TenonError)) throw error;
    return [
      {
        what: 'app',
        state: 'absent',
        found: error.message,
        fix: 'Name the manifest, or change to its folder.',
      },
    ];
  }
  try {
    const { plan } = await loadApp({ manifest });
    return [
      { what: 'app', state: 'ok', found: `${plan.name} in ${manifest}` },
      await checkOutput(manifest, plan.name),
    ];
  } catch (error) {
    if (!(error instanceof TenonError)) throw error;
    return [
      {
        what: 'app',
        state: 'problem',
        found: `${manifest}: ${error.message}`,
        fix: `See all of it with tenon check ${manifest}.`,
      },
    ];
  }
}

async function checkOutput(manifest: string, app: string): Promise<Finding> {
  const what = 'output';
  const folder = join(dirname(resolve(manifest)), '.out', app);
  const build = `tenon build ${manifest}`;
  if (!existsSync(join(folder, 'plan.json')))
    return { what, state: 'absent', found: `nothing in ${folder}`, fix: `For Spin: ${build}.` };
  const current = await readState(openCache(cacheFolder(manifest)), { manifest });
  if (!current)
    return {
      what,
      state: 'problem',
      found: 'stale: sources or Tenon changed since, or it was built in another variant',
      fix: `${build}; tenon up, push, image and k8s do so by themselves.`,
    };
  return existsSync(join(folder, 'spin.toml')) || existsSync(join(folder, PARTS))
    ? { what, state: 'ok', found: `current in ${folder}` }
    : { what, state: 'absent', found: 'current, but without spin.toml', fix: `For Spin: ${build}.` };
}
