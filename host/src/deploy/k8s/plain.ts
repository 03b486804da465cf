import {
  HTTP_PORT,
  MQTT_PORT,
  needsOf,
  podLabels,
  poolVariables,
  REDIS_PORT,
  RESOURCES,
  RUNTIME_CLASS,
  runtimeConfig,
  variableValues,
  type KubeInput,
} from './deployment.ts';
import { labelsOf, type KubeObject, type NotedObject } from './object.ts';

const HEALTH = '/.well-known/spin/health';

/** An app without any operator: objects that every Kubernetes with the containerd shim understands. */
export function plainObjects(input: KubeInput): readonly NotedObject[] {
  const { http } = needsOf(input);
  return [
    {
      note: 'Says that pods run under the containerd shim for Spin, which the nodes must have.',
      object: {
        apiVersion: 'node.k8s.io/v1',
        kind: 'RuntimeClass',
        metadata: { name: RUNTIME_CLASS },
        handler: 'spin',
      },
    },
    ...configuration(input),
    deployment(input),
    ...(http ? [service(input), ingress(input)] : []),
    autoscaler(input),
    disruptionBudget(input),
    networkPolicy(input),
  ];
}

function configuration(input: KubeInput): readonly NotedObject[] {
  const config = runtimeConfig(input);
  if (config === '') return [];
  return [
    {
      note: 'Where the stores are. A Secret, since addresses may have passwords in them.',
      object: {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: named(input, 'runtime-config'),
        type: 'Opaque',
        stringData: { 'runtime-config.toml': config },
      },
    },
  ];
}

function deployment(input: KubeInput): NotedObject {
  const { app, image } = input;
  const { http, mqtt } = needsOf(input);
  const hasConfig = runtimeConfig(input) !== '';
  const environment = {
    ...(http && { SPIN_HTTP_LISTEN_ADDR: `0.0.0.0:${HTTP_PORT}` }),
    ...poolVariables(input),
  };
  const probe = { httpGet: { path: HEALTH, port: 'http' } };
  const notes = [
    ...(mqtt
      ? [
          'The MQTT trigger under the shim cannot resolve names, so it gets the IP address of the broker’s Service, in',
          'the variable that Kubernetes sets for it. Apply the broker first: a pod that starts before its Service is there',
          'finds no broker, ends, and is right from its next start on.',
        ]
      : []),
    ...(http
      ? []
      : [
          'Without HTTP there is nothing to probe. When the connection to the broker is lost the process ends, and',
          'Kubernetes starts it again.',
        ]),
    'Within its container the shim writes the app and its cache below /, which only root may. It has no capabilities',
    'beyond that.',
  ];
  return {
    note: notes.join('\n'),
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: named(input),
      spec: {
        selector: { matchLabels: podLabels(input) },
        template: {
          metadata: { labels: podLabels(input) },
          spec: {
            runtimeClassName: RUNTIME_CLASS,
            automountServiceAccountToken: false,
            securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
            containers: [
              {
                name: app.name,
                image,
                imagePullPolicy: 'IfNotPresent',
                command: ['/'],
                env: [
                  ...Object.entries(environment).map(([name, value]) => ({ name, value })),
                  ...variableValues(input).map((variable) => ({
                    ...variable,
                    name: `SPIN_VARIABLE_${variable.name.toUpperCase()}`,
                  })),
                ],
                ...(http && {
                  ports: [{ name: 'http', containerPort: HTTP_PORT }],
                  // The first start on a node compiles the components, which takes some seconds.
                  startupProbe: { ...probe, periodSeconds: 1, failureThreshold: 60 },
                  readinessProbe: { ...probe, periodSeconds: 5 },
                  livenessProbe: { ...probe, periodSeconds: 10 },
                }),
                resources: RESOURCES,
                securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
                ...(hasConfig && {
                  volumeMounts: [
                    {
                      name: 'runtime-config',
                      mountPath: '/runtime-config.toml',
                      subPath: 'runtime-config.toml',
                      readOnly: true,
                    },
                  ],
                }),
              },
            ],
            ...(hasConfig && {
              volumes: [{ name: 'runtime-config', secret: { secretName: `${app.name}-runtime-config` } }],
            }),
          },
        },
      },
    },
  };
}

function service(input: KubeInput): NotedObject {
  return {
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: named(input),
      spec: {
        selector: podLabels(input),
        ports: [{ name: 'http', port: 80, targetPort: 'http' }],
      },
    },
  };
}

function ingress(input: KubeInput): NotedObject {
  const { app, host } = input;
  const backend = { service: { name: app.name, port: { name: 'http' } } };
  return {
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: named(input),
      spec: {
        rules: [
          {
            ...(host !== undefined && { host }),
            http: { paths: [{ path: '/', pathType: 'Prefix', backend }] },
          },
        ],
      },
    },
  };
}

function autoscaler(input: KubeInput): NotedObject {
  return {
    note: 'Safe for messages too: replicas share MQTT subscriptions, and claim what comes over Redis before they handle it.',
    object: {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: named(input),
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: input.app.name },
        minReplicas: 2,
        maxReplicas: 10,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
          },
        ],
      },
    },
  };
}

function disruptionBudget(input: KubeInput): NotedObject {
  return {
    object: {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: named(input),
      spec: { maxUnavailable: 1, selector: { matchLabels: podLabels(input) } },
    },
  };
}

function networkPolicy(input: KubeInput): NotedObject {
  const { app } = input;
  const { http, mqtt, redis } = needsOf(input);
  const peer = (component: string, port: number): object => ({
    to: [{ podSelector: { matchLabels: labelsOf(input.plan.name, component) } }],
    ports: [{ port }],
  });
  const others = app.components
    .flatMap(({ allowedOutboundHosts }) => allowedOutboundHosts)
    .filter((host) => !/^\{\{ (mqtt|redis)_address \}\}$/.test(host));
  const stores = Object.values(input.plan.stores).flatMap(({ url }) => (url === undefined ? [] : [url]));
  const outside = [...new Set([...others, ...stores])];
  return {
    note: [
      'Pods reach what the app may reach, and nothing else.',
      ...(outside.length === 0
        ? []
        : ['Host names cannot be said here, so all of the outside is open, for:', ...outside]),
    ].join('\n'),
    object: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: named(input),
      spec: {
        podSelector: { matchLabels: podLabels(input) },
        policyTypes: ['Ingress', 'Egress'],
        ingress: http ? [{ ports: [{ port: HTTP_PORT }] }] : [],
        egress: [
          {
            ports: [
              { protocol: 'UDP', port: 53 },
              { protocol: 'TCP', port: 53 },
            ],
          },
          ...(redis ? [peer('redis', REDIS_PORT)] : []),
          ...(mqtt ? [peer('mosquitto', MQTT_PORT)] : []),
          ...(outside.length > 0 ? [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] : []),
        ],
      },
    },
  };
}

function named(input: KubeInput, suffix?: string): KubeObject['metadata'] {
  const { name } = input.app;
  return { name: suffix === undefined ? name : `${name}-${suffix}`, labels: podLabels(input) };
}
