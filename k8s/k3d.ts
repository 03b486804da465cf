import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/**
 * The ordering app on a k3d cluster, from nothing to its acceptance test. Needs docker, k3d and kubectl; with
 * `--dry-run` it prints every command and runs none. `npm run k3d -- [--profile mqtt|redis] [--dry-run]`
 */
const CLUSTER = 'wasm-cluster';
const IMAGE = 'ghcr.io/spinframework/containerd-shim-spin/k3d:v0.24.0';
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

/** What is done, in order. */
export function steps(profile?: string): readonly Step[] {
  const folder = `k8s/orders${profile === undefined ? '' : `-${profile}`}`;
  const variant = profile === undefined ? [] : ['--profile', profile];
  return [
    {
      why: 'write the image archive',
      command: [
        'npx',
        'tenon',
        'image',
        'composed/orders.toml',
        ...variant,
        '-o',
        'composed/.out/orders.tar',
      ],
    },
    {
      why: 'make a cluster whose nodes have the shim',
      command: ['k3d', 'cluster', 'create', CLUSTER, '--image', IMAGE, '--port', '8002:80@loadbalancer'],
      unless: ['k3d', 'cluster', 'get', CLUSTER],
    },
    {
      why: 'bring the image onto its nodes',
      command: ['k3d', 'image', 'import', 'composed/.out/orders.tar', '--cluster', CLUSTER],
    },
    { why: 'start the brokers', command: ['kubectl', 'apply', '-f', `${folder}/brokers.yaml`] },
    {
      why: 'wait for the store',
      command: ['kubectl', 'rollout', 'status', 'statefulset/orders-redis', '--timeout', '180s'],
    },
    { why: 'start the app', command: ['kubectl', 'apply', '-f', `${folder}/app.yaml`] },
    {
      why: 'wait for the app',
      command: ['kubectl', 'rollout', 'status', 'deployment/orders', '--timeout', '180s'],
    },
    {
      why: 'order something; the ingress needs a moment to know the app',
      command: ['npm', 'run', '--silent', 'acceptance', '--', URL_OF_APP],
      patience: 30,
    },
  ];
}

if (import.meta.main) {
  const { profile, 'dry-run': dryRun } = options();
  const missing = NEEDED.filter((name) => spawnSync(name, ['version'], { stdio: 'ignore' }).error);
  if (!dryRun && missing.length > 0) {
    process.stderr.write(`needs ${missing.join(', ')} in PATH; --dry-run shows what would be run\n`);
    process.exit(3);
  }
  for (const step of steps(profile)) {
    process.stdout.write(`# ${step.why}\n${step.command.join(' ')}\n`);
    if (!dryRun && !(await perform(step))) process.exit(1);
  }
}

function options(): { profile?: string; 'dry-run': boolean } {
  try {
    const { values } = parseArgs({
      options: { profile: { type: 'string' }, 'dry-run': { type: 'boolean', default: false } },
    });
    if (values.profile === undefined || ['mqtt', 'redis'].includes(values.profile)) return values;
  } catch {
    // Said below.
  }
  process.stderr.write('usage: npm run k3d -- [--profile mqtt|redis] [--dry-run]\n');
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
