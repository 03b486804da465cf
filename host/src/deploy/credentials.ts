import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { problem } from '../diagnostics/error.ts';

/** Who pushes. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface CredentialOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const DOCKER_HUB = 'https://index.docker.io/v1/';

const Auth = z.object({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
});
const DockerConfig = z.object({
  auths: z.record(z.string(), Auth).default({}),
  credHelpers: z.record(z.string(), z.string()).default({}),
  credsStore: z.string().optional(),
});
const HelperAnswer = z.object({ Username: z.string(), Secret: z.string() });

/**
 * What `docker login` has stored for a registry, undefined where there is nothing: in `config.json` of
 * `DOCKER_CONFIG` or `~/.docker`, or in the credential helper that it names.
 *
 * Source: docker's documentation of config.json; docker-credential-helpers, "Development".
 *
 * @throws TenonError `deploy/credentials`
 */
export async function credentialsFor(
  registry: string,
  { environment }: CredentialOptions,
): Promise<Credentials | undefined> {
  const file = join(
    environment['DOCKER_CONFIG'] ?? join(environment['HOME'] ?? homedir(), '.docker'),
    'config.json',
  );
  const config = await readConfig(file);
  if (!config) return undefined;
  const names =
    registry === 'docker.io'
      ? [DOCKER_HUB, registry]
      : [registry, `https://${registry}`, `http://${registry}`];
  for (const name of names) {
    const helper = config.credHelpers[name] ?? config.credsStore;
    const stored =
      helper === undefined
        ? storedIn(config.auths[name], name, file)
        : await askHelper(helper, name, environment);
    if (stored) return stored;
  }
  return undefined;
}

async function readConfig(file: string): Promise<z.output<typeof DockerConfig> | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(file, (error as Error).message, error);
  }
  try {
    return DockerConfig.parse(JSON.parse(text));
  } catch (error) {
    // Neither the parser's nor the schema's message may end up on a terminal: they quote what they read.
    throw unusable(file, error instanceof SyntaxError ? 'no JSON' : 'another form');
  }
}

function storedIn(
  entry: z.output<typeof Auth> | undefined,
  name: string,
  file: string,
): Credentials | undefined {
  if (!entry) return undefined;
  if (entry.username !== undefined && entry.password !== undefined)
    return { username: entry.username, password: entry.password };
  // A helper's entry is there, but empty.
  if (entry.auth === undefined || entry.auth === '') return undefined;
  const text = Buffer.from(entry.auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) throw unusable(file, `for ${name} no user and password in Base64`);
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

async function askHelper(
  helper: string,
  name: string,
  environment: CredentialOptions['environment'],
): Promise<Credentials | undefined> {
  const program = `docker-credential-${helper}`;
  const { status, stdout, stderr } = await runHelper(program, name, environment);
  if (status !== 0) {
    if (/credentials not found/i.test(stdout)) return undefined;
    throw unusable(program, `${stdout.trim() || stderr.trim() || `exit code ${status}`}`);
  }
  try {
    const { Username: username, Secret: password } = HelperAnswer.parse(JSON.parse(stdout));
    if (username !== '<token>') return { username, password };
  } catch {
    throw unusable(program, 'another form');
  }
  throw unusable(program, 'an identity token, with which we cannot log in');
}

function runHelper(
  program: string,
  input: string,
  env: CredentialOptions['environment'],
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['get'], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(unusable(program, error.code === 'ENOENT' ? 'no such program in PATH' : error.message, error)),
    );
    child.on('close', (status) => resolve({ status, ...output }));
    // One that ends without reading closes the pipe; its exit code tells more.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

function unusable(where: string, found: string, cause?: unknown): Error {
  return problem('deploy/credentials', `the credentials of docker cannot be read from ${where}`, {
    where,
    expected: 'what `docker login` writes',
    found,
    ...(cause !== undefined && { cause }),
  });
}
