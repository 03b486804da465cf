import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeProject } from '../../test/fixtures/project.ts';
import { scratchFolder } from './scratch.ts';

test('makes a folder of its own', async () => {
  using project = makeProject();
  const [one, two] = [
    await scratchFolder(project.file('a/b'), 'x-'),
    await scratchFolder(project.file('a/b'), 'x-'),
  ];
  expect(one).not.toBe(two);
  expect(existsSync(one)).toBe(true);
});

test('a place that cannot be written is the environment’s problem', async () => {
  using project = makeProject({ a: '' });
  await expect(scratchFolder(project.file('a/b'), 'x-')).rejects.toMatchObject({
    code: 'build/write',
    exitCode: 3,
  });
});
