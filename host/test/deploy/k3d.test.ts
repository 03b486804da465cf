import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { steps } from '../../../k8s/k3d.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../../..');
const SCRIPT = join(ROOT, 'k8s/k3d.ts');

describe('the walk through k3d', () => {
  test('prints every command, and runs none', async () => {
    const { stdout } = await run(process.execPath, [SCRIPT, '--dry-run', '--profile', 'mqtt']);
    const commands = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(commands).toEqual(steps('mqtt').map(({ command }) => command.join(' ')));
    expect(commands[0]).toBe(
      'npx tenon image composed/orders.toml --profile mqtt -o composed/.out/orders.tar',
    );
    expect(commands.at(-1)).toBe('npm run --silent acceptance -- http://localhost:8002');
  });

  test.each([undefined, 'mqtt', 'redis'])('applies manifests that are there: %s', (profile) => {
    const files = steps(profile).flatMap(({ command }) => command.filter((word) => word.endsWith('.yaml')));
    expect(files.length).toBe(2);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  test.each<[args: string[], path: string | undefined, code: number, message: string]>([
    [['--profil'], undefined, 2, 'usage: npm run k3d'],
    [['--profile', 'kafka'], undefined, 2, 'usage: npm run k3d'],
    [[], '/nowhere', 3, 'needs docker, k3d, kubectl in PATH'],
  ])('with %j and PATH %s ends with %d', async (args, path, code, message) => {
    const env = { ...process.env, ...(path !== undefined && { PATH: path }) };
    await expect(run(process.execPath, [SCRIPT, ...args], { env })).rejects.toMatchObject({
      code,
      stderr: expect.stringContaining(message),
    });
  });
});
