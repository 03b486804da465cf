import type { Artifact, Blob } from '../../deploy/artifact.ts';
import { withSplit, type DefineCommand, type SplitOptions } from '../command.ts';
import { sizeText } from '../component-file.ts';
import type { Output } from '../output.ts';

interface PushCommandOptions extends SplitOptions {
  readonly plainHttp?: boolean;
}

export const definePush: DefineCommand = (program, context) => {
  withSplit(
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
      const { parseReference, partReference, referenceText } = await import('../../deploy/reference.ts');
      // Before the build, which takes longer.
      parseReference(to, '0.0.0');
      const { buildForSpin } = await import('../spin-ready.ts');
      const { plan, apps } = await buildForSpin(manifest, options, output);
      const whole = parseReference(to, plan.version);
      const { credentialsFor } = await import('../../deploy/credentials.ts');
      const { spinArtifact } = await import('../../deploy/artifact.ts');
      const { pushArtifact } = await import('../../deploy/registry.ts');
      const credentials = await credentialsFor(whole.registry, { environment: output.streams.env });
      const pushed = [];
      for (const ready of apps) {
        const reference = partReference(whole, ready.part);
        const artifact = spinArtifact(ready);
        await pushArtifact(artifact, reference, {
          credentials,
          plainHttp: options.plainHttp,
          onProgress: ({ step, blob }) => showStep(output, step, blob),
        });
        pushed.push({ reference: referenceText(reference), ...summaryOf(artifact) });
      }
      output.result(pushed.map(({ reference, digest }) => `${reference}@${digest}\n`).join(''), {
        event: 'result',
        ...(options.split ? { parts: pushed } : pushed[0]),
      });
    });
};

function showStep(output: Output, step: string, { name, digest, bytes }: Blob): void {
  const size = output.paint('dim', sizeText(bytes.length));
  output.event(`  ${output.paint('green', step.padEnd(9))} ${name} ${size}`, {
    event: 'push',
    step,
    name,
    digest,
    bytes: bytes.length,
  });
}

function summaryOf({ manifest, layers }: Artifact): { readonly digest: string; readonly layers: object[] } {
  return {
    digest: manifest.digest,
    layers: layers.map(({ mediaType, digest, bytes }) => ({ mediaType, digest, bytes: bytes.length })),
  };
}

const EXAMPLES = `
Examples:
  tenon push localhost:5000/orders:0.1.0          to a registry on this machine, without TLS
  tenon push ghcr.io/team/orders                  with TLS, and what docker login has stored
  tenon push localhost:5000/orders --profile mqtt the variant that the manifest calls mqtt
  tenon push localhost:5000/orders --profile mqtt --split
                                                  orders-http and orders-fulfilment, each by itself

The same app gives the same digest. The tag appears when all else is there. Docker and Spin are not needed.`;
