import { Option } from 'commander';
import { withSplit, type DefineCommand, type SplitOptions } from '../command.ts';
import { sizeText, writeWhole } from '../component-file.ts';

interface ImageCommandOptions extends SplitOptions {
  readonly output: string;
  readonly tag?: string;
  readonly arch: 'amd64' | 'arm64';
}

export const defineImage: DefineCommand = (program, context) => {
  withSplit(program.command('image').argument('[manifest]', 'the app’s manifest'))
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
      const { parseReference, partReference, referenceText } = await import('../../deploy/reference.ts');
      // Before the build, which takes longer.
      if (options.tag !== undefined) parseReference(options.tag, '0.0.0');
      const { buildForSpin } = await import('../spin-ready.ts');
      const { plan, apps } = await buildForSpin(manifest, options, output);
      const reference = parseReference(options.tag ?? plan.name, plan.version);
      const { digestOf } = await import('../../deploy/artifact.ts');
      const { imageArchive } = await import('../../deploy/image.ts');
      const contents = apps.map((ready) => ({ ready, reference: partReference(reference, ready.part) }));
      const archive = imageArchive(contents, options.arch);
      writeWhole(options.output, archive);
      const names = contents.map((content) => referenceText(content.reference));
      output.event(`image ${names.join(', ')}: ${sizeText(archive.length)}`, {
        event: 'image',
        references: names,
      });
      output.result(`${options.output}\n`, {
        event: 'result',
        output: options.output,
        references: names,
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
  tenon image -o orders.tar --profile mqtt --split       the images orders-http:0.1.0 and orders-fulfilment:0.1.0

The same app gives the same bytes. Nodes compile such an image at every start of a pod; for more than a try,
push to a registry (tenon push), whose artifacts they compile once.`;
