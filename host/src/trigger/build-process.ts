import { readFile } from 'node:fs/promises';
import { buildApp, cacheFolder, type BuildEvent, type BuildOptions } from '../build/app.ts';
import { TenonError } from '../diagnostics/error.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { prepareUnit } from '../runtime/prepare.ts';
import { preparedFolder } from './unit.ts';

/** What of the options can travel between processes. */
export type ToBuild = Omit<BuildOptions, 'onProgress' | 'jobs' | 'force'>;

export type FromBuild =
  | { readonly kind: 'progress'; readonly event: BuildEvent }
  | { readonly kind: 'done' }
  | { readonly kind: 'problems'; readonly diagnostics: readonly Diagnostic[] }
  /** An exception that is no TenonError. */
  | { readonly kind: 'crashed'; readonly stack: string };

/** The build's own process: takes one message with the options, says how it goes, and ends. */
process.once('message', (options: ToBuild) => {
  build(options).then(
    () => say({ kind: 'done' }),
    (error: unknown) => say(failure(error)),
  );
});
// Whoever wanted the build has gone.
process.once('disconnect', () => process.exit());

async function build(options: ToBuild): Promise<void> {
  const { plan, units } = await buildApp({
    ...options,
    onProgress: (event) => void process.send?.({ kind: 'progress', event } satisfies FromBuild),
  });
  const folder = preparedFolder(cacheFolder(options.manifest));
  for (const { wasm } of units) {
    await prepareUnit(await readFile(wasm), folder, { memoryLimit: plan.limits.memory });
  }
}

function failure(error: unknown): FromBuild {
  if (error instanceof TenonError && error.code !== 'internal/bug') {
    return { kind: 'problems', diagnostics: error.diagnostics };
  }
  return { kind: 'crashed', stack: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function say(last: FromBuild): void {
  process.send?.(last, () => process.exit());
}
