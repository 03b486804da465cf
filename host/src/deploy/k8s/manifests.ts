import type { Plan } from '../../plan/types.ts';
import { brokerObjects } from './brokers.ts';
import { ownVariables, type KubeInput } from './deployment.ts';
import { yamlOf } from './object.ts';
import { plainObjects } from './plain.ts';
import { spinAppObjects } from './spin-app-object.ts';

/** Every file that an app may have; the last two are in a folder for each part, where it is split. */
export const KUBERNETES_FILES = ['brokers.yaml', 'app.yaml', 'spinapp.yaml'] as const;

/**
 * The files of an app for Kubernetes, by name: `app.yaml` with plain objects, `spinapp.yaml` for the Spin operator
 * instead of it, and `brokers.yaml` with the ordinary containers beside it, where it needs any. `apps` is the app, or
 * the parts of a split one, which have a folder each: `http/app.yaml`.
 */
export function kubernetesFiles(plan: Plan, apps: readonly KubeInput[]): ReadonlyMap<string, string> {
  const brokers = brokerObjects({ plan, parts: apps.map(({ part }) => part) });
  const written = writtenBy(plan, apps);
  return new Map([
    ...(brokers.length === 0
      ? []
      : [['brokers.yaml', yamlOf(`${written}\nApply this first.`, brokers)] as const]),
    ...apps.flatMap((app) => appFiles(app, written)),
  ]);
}

function appFiles(input: KubeInput, written: string): readonly (readonly [name: string, text: string])[] {
  const { app, part } = input;
  const folder = part === undefined ? '' : `${part}/`;
  const own = ownVariables(input);
  const before = [
    written,
    ...(own.length === 0
      ? []
      : [
          'Its own variables are yours to give, before this:',
          `  kubectl create secret generic ${app.name}-variables ${own.map((name) => `--from-literal=${name}=…`).join(' ')}`,
        ]),
  ].join('\n');
  return [
    [`${folder}app.yaml`, yamlOf(before, plainObjects(input))],
    [
      `${folder}spinapp.yaml`,
      yamlOf(`${before}\nFor clusters with the Spin operator, instead of app.yaml.`, spinAppObjects(input)),
    ],
  ];
}

/** The first line of every file, by which ours are known. */
export const WRITTEN_BY = 'Written by `tenon k8s';

function writtenBy(plan: Plan, apps: readonly KubeInput[]): string {
  const profile = plan.profile === undefined ? '' : ` --profile ${plan.profile}`;
  const split = apps.some(({ part }) => part !== undefined) ? ' --split' : '';
  return `${WRITTEN_BY}${profile}${split}\` from the manifest of ${plan.name}; changes here are lost.`;
}
