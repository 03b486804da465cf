import type { SpinReady } from '../deploy/write.ts';
import type { VariantOptions } from './command.ts';
import { chooseManifest } from './manifest-file.ts';
import type { Output } from './output.ts';

/** Builds an app, showing how far it is, and gives what Spin takes of it. */
export async function buildForSpin(
  manifest: string | undefined,
  { profile, place }: VariantOptions,
  output: Output,
): Promise<SpinReady> {
  const file = chooseManifest(manifest);
  const { buildApp } = await import('../build/app.ts');
  const { spinReady, writeSpinToml } = await import('../deploy/write.ts');
  const { showBuild } = await import('./progress.ts');
  const progress = showBuild(output);
  const built = await buildApp({ manifest: file, profile, place, onProgress: progress.onProgress }).finally(
    progress.end,
  );
  output.diagnostics(built.warnings);
  output.diagnostics(await writeSpinToml(built));
  return spinReady(built);
}
