import type { Plan } from '../../plan/types.ts';
import { spinAppOf } from '../spin-app.ts';
import { MQTT_PORT, needsOf, podLabels, REDIS_PORT } from './deployment.ts';
import { labelsOf, type KubeObject, type NotedObject } from './object.ts';

/** Images whose tags stay what they are. */
const REDIS_IMAGE = 'redis:7.4.2-alpine';
const MOSQUITTO_IMAGE = 'eclipse-mosquitto:2.0.20';

const MOSQUITTO_CONFIG = `listener ${MQTT_PORT}
allow_anonymous true
persistence true
persistence_location /mosquitto/data/
`;

/** The app that brokers stand beside. */
export interface BrokerInput {
  readonly plan: Plan;
  /** Its parts, where it is split. */
  readonly parts: readonly (string | undefined)[];
}

/** Redis and Mosquitto as ordinary containers beside the Wasm ones; empty where the app needs neither. */
export function brokerObjects(input: BrokerInput): readonly NotedObject[] {
  const { plan } = input;
  const { mqtt, redis } = needsOf({ plan, app: spinAppOf(plan) });
  return [
    ...(redis
      ? server(input, {
          component: 'redis',
          port: REDIS_PORT,
          image: REDIS_IMAGE,
          user: 999,
          args: ['redis-server', '--appendonly', 'yes', '--dir', '/data'],
          data: '/data',
        })
      : []),
    ...(mqtt
      ? [
          {
            object: {
              apiVersion: 'v1',
              kind: 'ConfigMap',
              metadata: named(input, 'mosquitto'),
              data: { 'mosquitto.conf': MOSQUITTO_CONFIG },
            },
          },
          ...server(input, {
            component: 'mosquitto',
            port: MQTT_PORT,
            image: MOSQUITTO_IMAGE,
            user: 1883,
            args: ['mosquitto', '-c', '/mosquitto/config/mosquitto.conf'],
            data: '/mosquitto/data',
            config: '/mosquitto/config',
          }),
        ]
      : []),
  ];
}

interface Server {
  readonly component: string;
  readonly port: number;
  readonly image: string;
  readonly user: number;
  readonly args: readonly string[];
  readonly data: string;
  /** Where its ConfigMap appears. */
  readonly config?: string;
}

function server(input: BrokerInput, one: Server): readonly NotedObject[] {
  const { component, port, image, user, args, data, config } = one;
  const metadata = named(input, component);
  const labels = labelsOf(input.plan.name, component);
  const probe = { tcpSocket: { port: component } };
  return [
    {
      object: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata,
        spec: { selector: labels, ports: [{ name: component, port, targetPort: component }] },
      },
    },
    {
      object: {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata,
        spec: {
          serviceName: metadata.name,
          replicas: 1,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              automountServiceAccountToken: false,
              securityContext: {
                runAsNonRoot: true,
                runAsUser: user,
                runAsGroup: user,
                fsGroup: user,
                seccompProfile: { type: 'RuntimeDefault' },
              },
              containers: [
                {
                  name: component,
                  image,
                  args,
                  ports: [{ name: component, containerPort: port }],
                  readinessProbe: { ...probe, periodSeconds: 5 },
                  livenessProbe: { ...probe, periodSeconds: 10 },
                  resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
                  securityContext: {
                    allowPrivilegeEscalation: false,
                    readOnlyRootFilesystem: true,
                    capabilities: { drop: ['ALL'] },
                  },
                  volumeMounts: [
                    { name: 'data', mountPath: data },
                    ...(config === undefined ? [] : [{ name: 'config', mountPath: config, readOnly: true }]),
                  ],
                },
              ],
              ...(config !== undefined && {
                volumes: [{ name: 'config', configMap: { name: metadata.name } }],
              }),
            },
          },
          volumeClaimTemplates: [
            {
              metadata: { name: 'data' },
              spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
            },
          ],
        },
      },
    },
    {
      note: 'Only the app gets there.',
      object: {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata,
        spec: {
          podSelector: { matchLabels: labels },
          policyTypes: ['Ingress'],
          ingress: [
            {
              from: input.parts.map((part) => ({
                podSelector: { matchLabels: podLabels({ plan: input.plan, part }) },
              })),
              ports: [{ port }],
            },
          ],
        },
      },
    },
  ];
}

function named({ plan }: BrokerInput, component: string): KubeObject['metadata'] {
  return { name: `${plan.name}-${component}`, labels: labelsOf(plan.name, component) };
}
