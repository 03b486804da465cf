import type { SpinReady } from '../deploy/write.ts';
import type { Plan } from '../plan/types.ts';
import type { SplitOptions } from './command.ts';
import { chooseManifest } from './manifest-file.ts';
import type { Output } from './output.ts';

/** An app as Spin takes it. */
export interface SpinBuild {
  /** The whole app's. */
  readonly plan: Plan;
  /** The app; its parts where it is split. */
  readonly apps: readonly SpinReady[];
}

/** Builds an app, showing how far it is, and gives what Spin takes of it. */
export async function buildForSpin(
  manifest: string | undefined,
  { profile, place, split }: SplitOptions,
  output: Output,
): Promise<SpinBuild> {
  const file = chooseManifest(manifest);
  const { buildApp } = await import('../build/app.ts');
  const { showBuild } = await import('./progress.ts');
  const progress = showBuild(output);
  const built = await buildApp({ manifest: file, profile, place, onProgress: progress.onProgress }).finally(
    progress.end,
  );
  output.diagnostics(built.warnings);
  if (split) {
    const { splitReady, writeParts } = await import('../deploy/write-parts.ts');
    output.diagnostics((await writeParts(built)).warnings);
    return { plan: built.plan, apps: await splitReady(built) };
  }
  const { spinReady, writeSpinToml } = await import('../deploy/write.ts');
  output.diagnostics(await writeSpinToml(built));
  return { plan: built.plan, apps: [await spinReady(built)] };
}
