import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/**
 * The ordering app on a k3d cluster, from nothing to its acceptance test. Needs docker, k3d and kubectl; with
 * `--dry-run` it prints every command and runs none. `npm run k3d -- [--profile mqtt|redis [--split]] [--dry-run]`
 */
const CLUSTER = 'wasm-cluster';
const IMAGE = 'ghcr.io/spinframework/containerd-shim-spin/k3d:v0.24.0';
/** HTTP through the ingress, MQTT, and Redis, on the ports that the original sample had. */
const PORTS = ['8002:80', '1883:1883', '8001:6379'];
const URL_OF_APP = 'http://localhost:8002';
const NEEDED = ['docker', 'k3d', 'kubectl'] as const;

interface Step {
  readonly why: string;
  readonly command: readonly string[];
  /** Run first; where it succeeds the command is not needed. */
  readonly unless?: readonly string[];
  /** Tried again for so many seconds while it fails. */
  readonly patience?: number;
}

/** Which variant of the app is shown. */
export interface Variant {
  readonly profile?: string | undefined;
  /** As two Spin apps. */
  readonly split?: boolean | undefined;
}

/** What is done, in order. */
export function steps({ profile, split = false }: Variant): readonly Step[] {
  const folder = [
    'k8s/orders',
    ...(profile === undefined ? [] : [profile]),
    ...(split ? ['split'] : []),
  ].join('-');
  const options = [...(profile === undefined ? [] : ['--profile', profile]), ...(split ? ['--split'] : [])];
  const parts = split ? ['http', 'fulfilment'] : [undefined];
  const archive = 'composed/.out/orders.tar';
  const brokers = ['redis', ...(profile === 'mqtt' ? ['mosquitto'] : [])];
  return [
    {
      why: 'write the image archive',
      command: ['npx', 'tenon', 'image', 'composed/orders.toml', ...options, '-o', archive],
    },
    {
      why: 'make a cluster whose nodes have the shim',
      command: [
        'k3d',
        'cluster',
        'create',
        CLUSTER,
        '--image',
        IMAGE,
        ...PORTS.flatMap((port) => ['--port', `${port}@loadbalancer`]),
      ],
      unless: ['k3d', 'cluster', 'get', CLUSTER],
    },
    {
      why: 'bring the image onto its nodes',
      command: ['k3d', 'image', 'import', archive, '--cluster', CLUSTER],
    },
    { why: 'start the brokers', command: ['kubectl', 'apply', '-f', `${folder}/brokers.yaml`] },
    ...brokers.map((broker) => ({
      why: `open ${broker} to this machine, for a look inside`,
      command: ['kubectl', 'apply', '-f', `k8s/k3d/${broker}.yaml`],
    })),
    ...brokers.map((broker) => ({
      why: `wait for ${broker}`,
      command: ['kubectl', 'rollout', 'status', `statefulset/orders-${broker}`, '--timeout', '180s'],
    })),
    ...parts.map((part) => ({
      why: `start ${part ?? 'the app'}`,
      command: [
        'kubectl',
        'apply',
        '-f',
        [folder, ...(part === undefined ? [] : [part]), 'app.yaml'].join('/'),
      ],
    })),
    ...parts.map((part) => ({
      why: `wait for ${part ?? 'the app'}`,
      command: [
        'kubectl',
        'rollout',
        'status',
        `deployment/orders${part === undefined ? '' : `-${part}`}`,
        '--timeout',
        '180s',
      ],
    })),
    {
      why: 'order something; the ingress needs a moment to know the app',
      command: ['npm', 'run', '--silent', 'acceptance', '--', URL_OF_APP],
      patience: 30,
    },
  ];
}

if (import.meta.main) {
  const { 'dry-run': dryRun, ...variant } = options();
  const missing = NEEDED.filter((name) => spawnSync(name, ['version'], { stdio: 'ignore' }).error);
  if (!dryRun && missing.length > 0) {
    process.stderr.write(`needs ${missing.join(', ')} in PATH; --dry-run shows what would be run\n`);
    process.exit(3);
  }
  for (const step of steps(variant)) {
    process.stdout.write(`# ${step.why}\n${step.command.join(' ')}\n`);
    if (!dryRun && !(await perform(step))) process.exit(1);
  }
}

function options(): Variant & { readonly 'dry-run': boolean } {
  try {
    const { values } = parseArgs({
      options: {
        profile: { type: 'string' },
        split: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
      },
    });
    // Only what brokers connect can be split.
    if (values.profile === undefined ? !values.split : ['mqtt', 'redis'].includes(values.profile))
      return values;
  } catch {
    // Said below.
  }
  process.stderr.write('usage: npm run k3d -- [--profile mqtt|redis [--split]] [--dry-run]\n');
  process.exit(2);
}

async function perform({ command, unless, patience = 0 }: Step): Promise<boolean> {
  if (unless && succeeds(unless, 'ignore')) return true;
  const until = performance.now() + patience * 1000;
  for (;;) {
    if (succeeds(command, 'inherit')) return true;
    if (performance.now() >= until) return false;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function succeeds([program = '', ...args]: readonly string[], stdio: 'ignore' | 'inherit'): boolean {
  return spawnSync(program, args, { stdio }).status === 0;
}
