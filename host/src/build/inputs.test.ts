import { mkdir, mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordInputs, sameInputs } from './inputs.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenon-inputs-'));
  file = join(folder, 'a.ts');
  await writeFile(file, 'const a = 1;');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('what nobody touched is the same', async () => {
  expect(await sameInputs(await recordInputs([file, folder, join(folder, 'absent')]))).toBe(true);
});

test('a file with other contents of the same length and time differs in its time stamp or contents', async () => {
  const records = await recordInputs([file]);
  await writeFile(file, 'const a = 2;');
  await utimes(file, new Date(), new Date(Date.now() + 5000));
  expect(await sameInputs(records)).toBe(false);
});

test('a file that was written anew with the same contents is the same', async () => {
  const records = await recordInputs([file]);
  await utimes(file, new Date(0), new Date(0));
  expect((await stat(file)).mtimeMs).toBe(0);
  expect(await sameInputs(records)).toBe(true);
});

test.each([
  ['a file gone', () => rm(file)],
  ['a file longer', () => writeFile(file, 'const a = 1; // more')],
  ['a folder with one file more', () => writeFile(join(folder, 'b.ts'), '')],
  ['an absent file that appears', () => writeFile(join(folder, 'absent'), '')],
  ['an absent file that appears as a folder', () => mkdir(join(folder, 'absent'))],
])('%s is a change', async (_, change) => {
  const records = await recordInputs([file, folder, join(folder, 'absent')]);
  await change();
  expect(await sameInputs(records)).toBe(false);
});
