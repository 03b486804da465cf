import { join } from 'node:path';
import { withSplit, type DefineCommand, type SplitOptions } from '../command.ts';

interface KubernetesOptions extends SplitOptions {
  readonly output: string;
  readonly image?: string;
  readonly host?: string;
}

export const defineK8s: DefineCommand = (program, context) => {
  withSplit(program.command('k8s').argument('[manifest]', 'the app’s manifest'))
    .description(
      'Write Kubernetes manifests for an app: plain, for the Spin operator, and the brokers beside it.',
    )
    .requiredOption('-o, --output <folder>', 'where to write them')
    .option(
      '--image <reference>',
      'the image that pods run (default: <app>:<version>, as tenon image names it)',
    )
    .option('--host <name>', 'the host name of the Ingress (default: any)')
    .addHelpText('after', EXAMPLES)
    .action(async (manifest: string | undefined, options: KubernetesOptions, command) => {
      const output = context.output(command);
      const { parseReference, partReference, shortReference } = await import('../../deploy/reference.ts');
      if (options.image !== undefined) parseReference(options.image, '0.0.0');
      const { buildForSpin } = await import('../spin-ready.ts');
      const { plan, apps } = await buildForSpin(manifest, options, output);
      const { poolOf } = await import('../../deploy/pool.ts');
      const { kubernetesFiles } = await import('../../deploy/k8s/manifests.ts');
      const { manifestsIn } = await import('../../deploy/k8s/earlier.ts');
      const { replaceFiles } = await import('../../deploy/write.ts');
      const image = parseReference(options.image ?? plan.name, plan.version);
      const files = kubernetesFiles(
        plan,
        apps.map(({ app, units, part }) => ({
          plan,
          app,
          part,
          pools: [...units.values()].map(poolOf),
          image: shortReference(partReference(image, part)),
          host: options.host,
        })),
      );
      await replaceFiles(options.output, await manifestsIn(options.output), files);
      const paths = [...files.keys()].map((name) => join(options.output, name));
      output.result(paths.map((path) => `${path}\n`).join(''), { event: 'result', files: paths });
    });
};

const EXAMPLES = `
Examples:
  tenon k8s -o k8s/orders                                         the image orders:0.1.0, for a first try
  tenon k8s -o k8s/orders --image ghcr.io/team/orders:0.1.0       what tenon push pushed
  tenon k8s -o k8s/orders-mqtt --profile mqtt --host shop.example.com
  tenon k8s -o k8s/orders-mqtt --profile mqtt --split             a folder for each part, with an image of its own
  kubectl apply -f k8s/orders/brokers.yaml -f k8s/orders/app.yaml

spinapp.yaml is for clusters with the Spin operator, instead of app.yaml.`;
