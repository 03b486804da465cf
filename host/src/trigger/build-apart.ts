import { fork } from 'node:child_process';
import { buildApp, cacheFolder, type BuildOptions, type BuiltApp } from '../build/app.ts';
import { openCache } from '../build/cache.ts';
import { readState } from '../build/state.ts';
import { problem, TenonError } from '../diagnostics/error.ts';
import type { FromBuild, ToBuild } from './build-process.ts';

/** Its file stands beside this one, whether as source or compiled. */
const ENTRY = new URL(
  import.meta.url.endsWith('.ts') ? './build-process.ts' : './build-process.js',
  import.meta.url,
);

/**
 * Builds an app and prepares its units in a process of its own, unless nothing has changed: the toolchains
 * need a few hundred megabytes, which a server should not carry along. Throws what buildApp throws.
 */
export async function buildApart(options: BuildOptions): Promise<BuiltApp> {
  const { manifest, profile, place, outDir, typeCheck, onProgress } = options;
  const known = await readState(openCache(cacheFolder(manifest)), options);
  if (!known) await inChild({ manifest, profile, place, outDir, typeCheck }, onProgress);
  // From what the other process left, which takes milliseconds.
  return buildApp({ ...options, ...(!known && { onProgress: undefined }) });
}

function inChild(options: ToBuild, onProgress: BuildOptions['onProgress']): Promise<void> {
  return new Promise((resolve, reject) => {
    // Standard output is for results: what a toolchain prints goes beside it.
    const child = fork(ENTRY, { serialization: 'advanced', stdio: ['ignore', 2, 2, 'ipc'] });
    let end: Exclude<FromBuild, { kind: 'progress' }> | undefined;
    child.on('message', (message: FromBuild) => {
      if (message.kind === 'progress') onProgress?.(message.event);
      else end = message;
    });
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (end?.kind === 'done') resolve();
      else if (end?.kind === 'problems') reject(new TenonError(end.diagnostics));
      else {
        const found = end ? end.stack : `it ended with ${signal ?? `exit code ${code}`}`;
        const how = end ? `failed: ${end.stack.split('\n')[0]}` : 'ended without a result';
        reject(
          problem('internal/bug', `the build ${how}`, {
            where: 'build',
            expected: 'an app, or what is wrong with it',
            found,
          }),
        );
      }
    });
    child.send(options);
  });
}
