import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Finding } from './check.ts';

interface Program {
  readonly name: string;
  readonly args: readonly string[];
  readonly fix: string;
  /** The oldest version that does. */
  readonly oldest?: readonly [major: number, minor: number];
}

/** What some of Tenon's output is for; none of it is needed to build, run, push or write manifests. */
const PROGRAMS: readonly Program[] = [
  {
    name: 'spin',
    args: ['--version'],
    fix: 'Only for `spin up`: install Spin 3.6 or newer from https://spinframework.dev.',
    oldest: [3, 6],
  },
  { name: 'docker', args: ['--version'], fix: 'Only for k3d: install docker.' },
  {
    name: 'k3d',
    args: ['version'],
    fix: 'Only for a cluster on this machine: install k3d 5.8 or newer from https://k3d.io.',
    oldest: [5, 8],
  },
  { name: 'kubectl', args: ['version', '--client'], fix: 'Only for clusters: install kubectl.' },
];

export function checkPrograms(env: Readonly<Record<string, string | undefined>>): Promise<Finding[]> {
  return Promise.all(PROGRAMS.map((program) => checkProgram(program, env)));
}

async function checkProgram(
  { name, args, fix, oldest }: Program,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Finding> {
  let said: string;
  try {
    said = (await promisify(execFile)(name, args, { env, timeout: 10_000 })).stdout;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { what: name, state: 'absent', found: 'not in PATH', fix };
    return { what: name, state: 'problem', found: `does not start (${code})`, fix };
  }
  const [, version, major, minor] = /\bv?((\d+)\.(\d+)[\w.-]*)/.exec(said) ?? [];
  if (version === undefined) return { what: name, state: 'ok', found: 'in PATH' };
  const old =
    oldest && (Number(major) < oldest[0] || (Number(major) === oldest[0] && Number(minor) < oldest[1]));
  return old
    ? { what: name, state: 'problem', found: version, fix }
    : { what: name, state: 'ok', found: version };
}
