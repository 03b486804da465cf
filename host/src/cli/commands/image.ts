import { Option } from 'commander';
import { withVariant, type DefineCommand, type VariantOptions } from '../command.ts';
import { sizeText, writeWhole } from '../component-file.ts';

interface ImageCommandOptions extends VariantOptions {
  readonly output: string;
  readonly tag?: string;
  readonly arch: 'amd64' | 'arm64';
}

export const defineImage: DefineCommand = (program, context) => {
  withVariant(program.command('image').argument('[manifest]', 'the app’s manifest'))
    .description('Build an app and write an image archive, for k3d image import and ctr images import.')
    .requiredOption('-o, --output <file>', 'where to write the archive')
    .option('--tag <reference>', 'the name of the image (default: <app>:<version>)')
    .addOption(
      new Option('--arch <processor>', 'the processor of the nodes')
        .choices(['amd64', 'arm64'])
        .default(process.arch === 'arm64' ? 'arm64' : 'amd64', 'that of this machine'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (manifest: string | undefined, options: ImageCommandOptions, command) => {
      const output = context.output(command);
      const { parseReference, referenceText } = await import('../../deploy/reference.ts');
      // Before the build, which takes longer.
      if (options.tag !== undefined) parseReference(options.tag, '0.0.0');
      const { buildForSpin } = await import('../spin-ready.ts');
      const ready = await buildForSpin(manifest, options, output);
      const { name, version } = ready.app;
      const reference = parseReference(options.tag ?? name, version);
      const { digestOf } = await import('../../deploy/artifact.ts');
      const { imageArchive } = await import('../../deploy/image.ts');
      const archive = imageArchive(ready, reference, options.arch);
      writeWhole(options.output, archive);
      output.event(`image ${referenceText(reference)}: ${sizeText(archive.length)}`, {
        event: 'image',
        reference: referenceText(reference),
      });
      output.result(`${options.output}\n`, {
        event: 'result',
        output: options.output,
        reference: referenceText(reference),
        digest: digestOf(archive),
        bytes: archive.length,
      });
    });
};

const EXAMPLES = `
Examples:
  tenon image -o orders.tar                              the image orders:0.1.0
  k3d image import orders.tar -c wasm-cluster            onto the nodes of a cluster
  ctr -n k8s.io images import orders.tar                 the same on a node
  tenon image -o orders.tar --tag shop/orders:1 --arch arm64

The same app gives the same bytes. Nodes compile such an image at every start of a pod; for more than a try,
push to a registry (tenon push), whose artifacts they compile once.`;
