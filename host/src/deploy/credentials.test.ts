import { chmodSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { makeProject } from '../../test/fixtures/project.ts';
import { credentialsFor, type Credentials } from './credentials.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Looks a registry up with a docker configuration of its own, and programs in PATH. */
async function lookUp(
  registry: string,
  config: unknown,
  helpers: Readonly<Record<string, string>> = {},
): Promise<Credentials | undefined> {
  const programs = Object.entries(helpers).map(
    ([name, body]) => [`bin/docker-credential-${name}`, body] as const,
  );
  using project = makeProject({
    ...(config !== undefined && {
      'docker/config.json': typeof config === 'string' ? config : JSON.stringify(config),
    }),
    ...Object.fromEntries(programs.map(([file, body]) => [file, `#!/bin/sh\n${body}\n`])),
  });
  for (const [file] of programs) chmodSync(project.file(file), 0o755);
  return await credentialsFor(registry, {
    environment: {
      DOCKER_CONFIG: project.file('docker'),
      PATH: `${project.file('bin')}:${process.env['PATH']}`,
    },
  });
}

describe('credentials', () => {
  test('are none without a configuration, or without the registry in it', async () => {
    expect(await lookUp('localhost:5000', undefined)).toBeUndefined();
    expect(await lookUp('localhost:5000', {})).toBeUndefined();
    expect(await lookUp('localhost:5000', { auths: { 'ghcr.io': { auth: base64('a:b') } } })).toBeUndefined();
  });

  test('come from what docker login stores', async () => {
    const auths = {
      'localhost:5000': { auth: base64('me:pass:word') },
      'https://ghcr.io': { username: 'you', password: 'secret' },
      'https://index.docker.io/v1/': { auth: base64('hub:x') },
    };
    expect(await lookUp('localhost:5000', { auths })).toEqual({ username: 'me', password: 'pass:word' });
    expect(await lookUp('ghcr.io', { auths })).toEqual({ username: 'you', password: 'secret' });
    expect(await lookUp('docker.io', { auths })).toEqual({ username: 'hub', password: 'x' });
  });

  test('come from the folder .docker of HOME', async () => {
    using project = makeProject({
      '.docker/config.json': JSON.stringify({ auths: { 'ghcr.io': { auth: base64('home:x') } } }),
    });
    expect(await credentialsFor('ghcr.io', { environment: { HOME: project.folder } })).toEqual({
      username: 'home',
      password: 'x',
    });
  });

  test('come from helpers, that of the registry before the store', async () => {
    const answer = (user: string): string =>
      `read server; echo "{\\"ServerURL\\":\\"$server\\",\\"Username\\":\\"${user}\\",\\"Secret\\":\\"of $server\\"}"`;
    const config = { credHelpers: { 'ghcr.io': 'one' }, credsStore: 'two' };
    const helpers = { one: answer('one'), two: answer('two') };
    expect(await lookUp('ghcr.io', config, helpers)).toEqual({ username: 'one', password: 'of ghcr.io' });
    expect(await lookUp('quay.io', config, helpers)).toEqual({ username: 'two', password: 'of quay.io' });
  });

  test('are none where a helper has none', async () => {
    const helpers = { store: 'echo "credentials not found in native keychain"; exit 1' };
    expect(await lookUp('ghcr.io', { credsStore: 'store' }, helpers)).toBeUndefined();
  });

  test.each([
    ['no JSON', '{"auths":', {}, 'no JSON'],
    ['another form', { auths: 7 }, {}, 'another form'],
    [
      'no Base64',
      { auths: { 'ghcr.io': { auth: '%%%' } } },
      {},
      'for ghcr.io no user and password in Base64',
    ],
    ['a helper that is not there', { credsStore: 'gone' }, {}, 'no such program in PATH'],
    ['a helper that fails', { credsStore: 'bad' }, { bad: 'echo locked >&2; exit 3' }, 'locked'],
    ['a helper that answers something else', { credsStore: 'odd' }, { odd: 'echo hello' }, 'another form'],
    [
      'a helper with a token',
      { credsStore: 'id' },
      { id: `echo '{"Username":"<token>","Secret":"x"}'` },
      'an identity token, with which we cannot log in',
    ],
  ])('%s is an error', async (_, config, helpers, found) => {
    await expect(lookUp('ghcr.io', config, helpers)).rejects.toMatchObject({
      code: 'deploy/credentials',
      exitCode: 3,
      diagnostics: [{ found }],
    });
  });

  test('show no secret where they are broken', async () => {
    const config = '{"auths": {"ghcr.io": {"auth": "c2VjcmV0"';
    const error = await lookUp('ghcr.io', config).catch((thrown: unknown) => thrown);
    expect(JSON.stringify(error)).not.toContain('c2VjcmV0');
    expect(String((error as Error).cause)).not.toContain('c2VjcmV0');
  });
});
