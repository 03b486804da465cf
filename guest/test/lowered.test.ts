import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { bundle } from './build.ts';
import { programs as native } from './services/lowered.ts';

type Programs = typeof native;
let lowered: { programs: Programs; drive: <T>(value: T | PromiseLike<T>) => T };

beforeAll(async () => {
  const { code } = await bundle('services/lowered-entry.ts');
  const folder = await mkdtemp(join(tmpdir(), 'guest-'));
  try {
    await writeFile(join(folder, 'lowered.mjs'), code);
    lowered = (await import(pathToFileURL(join(folder, 'lowered.mjs')).href)) as typeof lowered;
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the bundle has no async functions left', async () => {
  const { code } = await bundle('services/lowered-entry.ts');
  expect(code).not.toMatch(/\basync (?:function|\()|\bawait [\w(]/);
  expect(code).not.toContain('asyncGeneratorStep');
});

test.each(Object.keys(native))(
  '%s: lowered code on the guest runs in the order of native code',
  async (name) => {
    const [ours, theirs]: [string[], string[]] = [[], []];
    const expected = await native[name]!(theirs);
    expect(lowered.drive(lowered.programs[name]!(ours))).toEqual(expected);
    expect(ours).toEqual(theirs);
  },
);
