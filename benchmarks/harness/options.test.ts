import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

describe.each(['engines', 'order-floor'])('%s', (name) => {
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, `../${name}.ts`), ...args], { encoding: 'utf8' });

  test('--help says what it measures and takes', () => {
    const { status, stdout, stderr } = run('--help');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^npm run bench:\w+ .*\n\n[^]*\n {2}--rounds <n> .*\(default: \d+\)\n[^]*\n {2}--help /,
    );
  });

  test.each([
    ['an option that is not there', ['--quick'], /^Unknown option '--quick'/],
    [
      'no number',
      ['--rounds', 'many'],
      /^--rounds takes whole numbers above zero: found many\n\nnpm run bench/,
    ],
    ['zero', ['--rounds', '0'], /^--rounds takes whole numbers above zero: found 0\n/],
  ])('refuses %s', (_, args, message) => {
    const { status, stdout, stderr } = run(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});
