import { Option } from 'commander';
import type { BuiltApp } from '../../build/app.ts';
import type { Linker } from '../../build/outside-linker.ts';
import type { WrittenPart } from '../../deploy/write-parts.ts';
import { chooseManifest } from '../manifest-file.ts';
import type { Output } from '../output.ts';
import { withSplit, type DefineCommand, type SplitOptions } from '../command.ts';

interface BuildCommandOptions extends SplitOptions {
  readonly out?: string;
  readonly force?: boolean;
  readonly flatten: boolean;
  readonly linker: Linker;
}

export const defineBuild: DefineCommand = (program, context) => {
  withSplit(program.command('build').argument('[manifest]', 'the app’s manifest'))
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
      const parts = options.split ? await writtenParts(built, output) : undefined;
      if (!parts) {
        const { writeSpinToml } = await import('../../deploy/write.ts');
        output.diagnostics(await writeSpinToml(built));
      }
      output.event(`built ${built.plan.name} in ${seconds(performance.now() - started)}`, { event: 'built' });
      const files = parts?.flatMap(({ wasm }) => wasm) ?? built.units.map(({ wasm }) => wasm);
      output.result(files.map((wasm) => `${wasm}\n`).join(''), {
        event: 'result',
        outDir: built.outDir,
        units: built.units.map(({ unit, wasm, digest }) => ({
          name: unit.name,
          services: unit.services,
          wasm,
          digest,
        })),
        parts,
      });
    });
};

async function writtenParts(built: BuiltApp, output: Output): Promise<readonly WrittenPart[]> {
  const { writeParts } = await import('../../deploy/write-parts.ts');
  const { parts, warnings } = await writeParts(built);
  output.diagnostics(warnings);
  return parts;
}

const EXAMPLES = `
Examples:
  tenon build                                     the only manifest of this folder or of composed/
  tenon build --place receiver.fulfilment=linked  with one edge placed otherwise than the manifest says
  tenon build --profile mqtt --split              two Spin apps, in .out/<app>/parts/
  tenon build --json | jq .units                  for scripts`;
