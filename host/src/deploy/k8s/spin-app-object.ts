import {
  needsOf,
  podLabels,
  RESOURCES,
  RUNTIME_CLASS,
  runtimeConfig,
  variableValues,
  type KubeInput,
} from './deployment.ts';
import type { NotedObject } from './object.ts';

const EXECUTOR = 'containerd-shim-spin';
const HEALTH = '/.well-known/spin/health';

/**
 * An app for the Spin operator, which makes its Deployment and Service.
 *
 * Source: spin-operator 0.6.1, api/v1alpha1/spinapp_types.go and spinappexecutor_types.go.
 */
export function spinAppObjects(input: KubeInput): readonly NotedObject[] {
  const { app, image, plan } = input;
  const { http } = needsOf(input);
  const labels = podLabels(input);
  const config = runtimeConfig(input);
  const variables = variableValues(input);
  const check = { httpGet: { path: HEALTH }, initialDelaySeconds: 1, periodSeconds: 5 };
  return [
    {
      note: 'How the operator runs apps of this namespace.',
      object: {
        apiVersion: 'core.spinkube.dev/v1alpha1',
        kind: 'SpinAppExecutor',
        metadata: { name: EXECUTOR },
        spec: {
          createDeployment: true,
          deploymentConfig: { runtimeClassName: RUNTIME_CLASS, installDefaultCACerts: true },
        },
      },
    },
    ...(config === ''
      ? []
      : [
          {
            note: 'Where the stores are. A Secret, since addresses may have passwords in them.',
            object: {
              apiVersion: 'v1',
              kind: 'Secret',
              metadata: { name: `${app.name}-runtime-config`, labels },
              type: 'Opaque',
              stringData: { 'runtime-config.toml': config },
            },
          },
        ]),
    {
      object: {
        apiVersion: 'core.spinkube.dev/v1alpha1',
        kind: 'SpinApp',
        metadata: { name: app.name, labels },
        spec: {
          image,
          executor: EXECUTOR,
          replicas: 2,
          ...(http && { checks: { readiness: check, liveness: check } }),
          ...(config !== '' && { runtimeConfig: { loadFromSecret: `${app.name}-runtime-config` } }),
          ...(variables.length > 0 && { variables }),
          invocationLimits: { memory: String(plan.limits.memory) },
          podLabels: labels,
          resources: RESOURCES,
        },
      },
    },
  ];
}
