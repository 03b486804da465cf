import { withVariant, type DefineCommand, type VariantOptions } from '../command.ts';
import { chooseManifest } from '../manifest-file.ts';

export const defineTypes: DefineCommand = (program, context) => {
  withVariant(program.command('types').argument('[manifest]', 'the app’s manifest'))
    .description('Write the declarations that editors and tsc need beside each service, from its world.')
    .addHelpText('after', EXAMPLES)
    .action(async (manifest: string | undefined, options: VariantOptions, command) => {
      const output = context.output(command);
      const file = chooseManifest(manifest);
      const { writeTypes } = await import('../check.ts');
      const written = await writeTypes({ manifest: file, ...options });
      output.diagnostics(written.warnings);
      output.result(written.files.map((path) => `${path}\n`).join(''), {
        event: 'result',
        files: written.files,
      });
    });
};

const EXAMPLES = `
Examples:
  tenon types                          all services of the only manifest
  tenon types composed/orders.toml     all services of this one`;
