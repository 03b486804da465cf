import { z } from 'zod';

/**
 * What the Spin operator's custom resources take, by our own hand and strictly.
 *
 * Source: spin-operator 0.6.1, api/v1alpha1/spinapp_types.go and spinappexecutor_types.go.
 */
const keyRef = z.strictObject({ name: z.string(), key: z.string() });
const Variable = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/),
  value: z.string().optional(),
  valueFrom: z
    .strictObject({ secretKeyRef: keyRef.optional(), configMapKeyRef: keyRef.optional() })
    .optional(),
});
const Probe = z.strictObject({
  httpGet: z.strictObject({ path: z.string(), httpHeaders: z.array(z.unknown()).optional() }),
  initialDelaySeconds: z.int().optional(),
  timeoutSeconds: z.int().optional(),
  periodSeconds: z.int().optional(),
  successThreshold: z.int().optional(),
  failureThreshold: z.int().optional(),
});
const metadata = z.strictObject({ name: z.string(), labels: z.record(z.string(), z.string()).optional() });
const API = z.literal('core.spinkube.dev/v1alpha1');
const quantities = z.record(z.string(), z.string().regex(/^\d+(m|Mi|Gi)?$/));

const SpinApp = z.strictObject({
  apiVersion: API,
  kind: z.literal('SpinApp'),
  metadata,
  spec: z.strictObject({
    executor: z.string(),
    image: z.string().min(1),
    imagePullSecrets: z.array(z.strictObject({ name: z.string() })).optional(),
    checks: z.strictObject({ readiness: Probe.optional(), liveness: Probe.optional() }).optional(),
    replicas: z.int().min(1),
    runtimeConfig: z.strictObject({ loadFromSecret: z.string() }).optional(),
    variables: z.array(Variable).optional(),
    podLabels: z.record(z.string(), z.string()).optional(),
    resources: z.strictObject({ limits: quantities.optional(), requests: quantities.optional() }).optional(),
    invocationLimits: z.strictObject({ memory: z.string().regex(/^\d+$/) }).optional(),
  }),
});

const SpinAppExecutor = z.strictObject({
  apiVersion: API,
  kind: z.literal('SpinAppExecutor'),
  metadata,
  spec: z.strictObject({
    createDeployment: z.boolean(),
    deploymentConfig: z.strictObject({
      runtimeClassName: z.string(),
      caCertSecret: z.string().optional(),
      installDefaultCACerts: z.boolean().optional(),
    }),
  }),
});

export const SpinOperatorObject = z.discriminatedUnion('kind', [SpinApp, SpinAppExecutor]);
