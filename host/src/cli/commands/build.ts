import { Option } from 'commander';
import type { Linker } from '../../build/outside-linker.ts';
import { chooseManifest } from '../manifest-file.ts';
import { withVariant, type DefineCommand, type VariantOptions } from '../command.ts';

interface BuildCommandOptions extends VariantOptions {
  readonly out?: string;
  readonly force?: boolean;
  readonly flatten: boolean;
  readonly linker: Linker;
}

export const defineBuild: DefineCommand = (program, context) => {
  withVariant(program.command('build').argument('[manifest]', 'the app’s manifest'))
    .description('Build an app: one component per unit, spin.toml and plan.json.')
    .option('-o, --out <folder>', 'where to write them (default: .out/<app> beside the manifest)')
    .option('--force', 'build everything anew, whatever the cache has')
    .option('--no-flatten', 'leave the core modules of QuickJS services arranged as they were built')
    .addOption(
      new Option('--linker <name>', 'who links the units; another one than Tenon’s must be installed')
        .choices(['tenon', 'wasm-tools', 'wac'])
        .default('tenon'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (manifest: string | undefined, options: BuildCommandOptions, command) => {
      const output = context.output(command);
      const file = chooseManifest(manifest);
      const { buildApp } = await import('../../build/app.ts');
      const { showBuild, seconds } = await import('../progress.ts');
      const progress = showBuild(output);
      const started = performance.now();
      const built = await buildApp({
        manifest: file,
        profile: options.profile,
        place: options.place,
        outDir: options.out,
        force: options.force,
        flatten: options.flatten,
        linker: options.linker,
        onProgress: progress.onProgress,
      }).finally(progress.end);
      output.diagnostics(built.warnings);
      const { writeSpinToml } = await import('../../deploy/write.ts');
      output.diagnostics(await writeSpinToml(built));
      output.event(`built ${built.plan.name} in ${seconds(performance.now() - started)}`, { event: 'built' });
      output.result(built.units.map(({ wasm }) => `${wasm}\n`).join(''), {
        event: 'result',
        outDir: built.outDir,
        units: built.units.map(({ unit, wasm, digest }) => ({
          name: unit.name,
          services: unit.services,
          wasm,
          digest,
        })),
      });
    });
};

const EXAMPLES = `
Examples:
  tenon build                                     the only manifest of this folder or of composed/
  tenon build --place receiver.fulfilment=linked  with one edge placed otherwise than the manifest says
  tenon build --json | jq .units                  for scripts`;
