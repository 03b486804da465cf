import { brokerObjects } from './brokers.ts';
import { ownVariables, type KubeInput } from './deployment.ts';
import { yamlOf } from './object.ts';
import { plainObjects } from './plain.ts';
import { spinAppObjects } from './spin-app-object.ts';

/** Every file that an app may have. */
export const KUBERNETES_FILES = ['brokers.yaml', 'app.yaml', 'spinapp.yaml'] as const;

/**
 * The files of an app for Kubernetes, by name: `app.yaml` with plain objects, `spinapp.yaml` for the Spin operator
 * instead of it, and `brokers.yaml` with the ordinary containers beside it, where it needs any.
 */
export function kubernetesFiles(input: KubeInput): ReadonlyMap<string, string> {
  const { app, plan } = input;
  const profile = plan.profile === undefined ? '' : ` --profile ${plan.profile}`;
  const own = ownVariables(input);
  const before = [
    `Written by \`tenon k8s${profile}\` from the manifest of ${app.name}; changes here are lost.`,
    ...(own.length === 0
      ? []
      : [
          'Its own variables are yours to give, before this:',
          `  kubectl create secret generic ${app.name}-variables ${own.map((name) => `--from-literal=${name}=…`).join(' ')}`,
        ]),
  ].join('\n');
  const brokers = brokerObjects(input);
  return new Map([
    ...(brokers.length === 0
      ? []
      : [['brokers.yaml', yamlOf(`${before.split('\n')[0]}\nApply this first.`, brokers)] as const]),
    ['app.yaml', yamlOf(before, plainObjects(input))] as const,
    [
      'spinapp.yaml',
      yamlOf(`${before}\nFor clusters with the Spin operator, instead of app.yaml.`, spinAppObjects(input)),
    ] as const,
  ]);
}
