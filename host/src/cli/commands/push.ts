import { withVariant, type DefineCommand, type VariantOptions } from '../command.ts';
import { sizeText } from '../component-file.ts';

interface PushCommandOptions extends VariantOptions {
  readonly plainHttp?: boolean;
}

export const definePush: DefineCommand = (program, context) => {
  withVariant(
    program
      .command('push')
      .argument(
        '<reference>',
        'where to: <registry>/<repository>[:<tag>]; the tag is the app’s version if absent',
      )
      .argument('[manifest]', 'the app’s manifest'),
  )
    .description(
      'Build an app and push it to a registry, as an artifact that Spin and its containerd shim run.',
    )
    .option('--plain-http', 'speak to the registry without TLS; by itself on loopback')
    .addHelpText('after', EXAMPLES)
    .action(async (to: string, manifest: string | undefined, options: PushCommandOptions, command) => {
      const output = context.output(command);
      const { parseReference, referenceText } = await import('../../deploy/reference.ts');
      // Before the build, which takes longer.
      parseReference(to, '0.0.0');
      const { buildForSpin } = await import('../spin-ready.ts');
      const ready = await buildForSpin(manifest, options, output);
      const reference = parseReference(to, ready.app.version);
      const { credentialsFor } = await import('../../deploy/credentials.ts');
      const { spinArtifact } = await import('../../deploy/artifact.ts');
      const { pushArtifact } = await import('../../deploy/registry.ts');
      const artifact = spinArtifact(ready);
      await pushArtifact(artifact, reference, {
        credentials: await credentialsFor(reference.registry, { environment: output.streams.env }),
        plainHttp: options.plainHttp,
        onProgress: ({ step, blob: { name, digest, bytes } }) =>
          output.event(
            `  ${output.paint('green', step.padEnd(9))} ${name} ${output.paint('dim', sizeText(bytes.length))}`,
            {
              event: 'push',
              step,
              name,
              digest,
              bytes: bytes.length,
            },
          ),
      });
      const { digest } = artifact.manifest;
      output.result(`${referenceText(reference)}@${digest}\n`, {
        event: 'result',
        reference: referenceText(reference),
        digest,
        layers: artifact.layers.map(({ mediaType, digest: layer, bytes }) => ({
          mediaType,
          digest: layer,
          bytes: bytes.length,
        })),
      });
    });
};

const EXAMPLES = `
Examples:
  tenon push localhost:5000/orders:0.1.0          to a registry on this machine, without TLS
  tenon push ghcr.io/team/orders                  with TLS, and what docker login has stored
  tenon push localhost:5000/orders --profile mqtt the variant that the manifest calls mqtt

The same app gives the same digest. The tag appears when all else is there. Docker and Spin are not needed.`;
