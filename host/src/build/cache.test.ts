import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digestOf, openCache } from './cache.ts';
import { replaceFile, replaceTogether } from './replace.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenon-cache-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bytes = (text: string): Buffer => Buffer.from(text);

describe('openCache', () => {
  test('gives back what was put, under its kind and key only', async () => {
    const cache = openCache(folder);
    await cache.put('service', 'k', { 'a.wasm': bytes('one'), 'b.map': bytes('two') });
    const entry = await openCache(folder).get('service', 'k', ['a.wasm', 'b.map']);
    expect(entry?.files['a.wasm'].toString()).toBe('one');
    expect(entry?.files['b.map'].toString()).toBe('two');
    expect(await cache.get('service', 'other', ['a.wasm'])).toBeUndefined();
    expect(await cache.get('unit', 'k', ['a.wasm'])).toBeUndefined();
  });

  test.each([
    ['changed', (file: string) => writeFile(file, 'onf')],
    ['cut off', (file: string) => writeFile(file, 'on')],
    ['missing', (file: string) => rm(file)],
  ])('removes an entry of which a file is %s, and takes it anew', async (_, damage) => {
    const cache = openCache(folder);
    const { folder: entry } = await cache.put('service', 'k', { 'a.wasm': bytes('one') });
    await damage(join(entry, 'a.wasm'));
    expect(await cache.get('service', 'k', ['a.wasm'])).toBeUndefined();
    expect(await readdir(join(folder, 'service'))).toEqual([]);
    expect((await cache.put('service', 'k', { 'a.wasm': bytes('one') })).files['a.wasm'].toString()).toBe(
      'one',
    );
  });

  test('heals an entry that is broken when another is put in its place', async () => {
    const cache = openCache(folder);
    const { folder: entry } = await cache.put('service', 'k', { 'a.wasm': bytes('one') });
    await writeFile(join(entry, 'sums.json'), '{');
    expect((await cache.put('service', 'k', { 'a.wasm': bytes('two') })).files['a.wasm'].toString()).toBe(
      'two',
    );
  });

  test('keeps the first of two that are put one after the other, unless it is removed', async () => {
    const cache = openCache(folder);
    await cache.put('service', 'k', { a: bytes('one') });
    expect((await cache.put('service', 'k', { a: bytes('two') })).files.a.toString()).toBe('one');
    await cache.remove('service', 'k');
    await cache.remove('service', 'k');
    expect((await cache.put('service', 'k', { a: bytes('two') })).files.a.toString()).toBe('two');
  });

  test('two that put the same key at once both get one whole entry', async () => {
    const caches = [openCache(folder), openCache(folder), openCache(folder), openCache(folder)];
    const entries = await Promise.all(
      caches.map((cache, index) =>
        cache.put('service', 'k', { a: bytes(`a${index}`.repeat(1000)), b: bytes(`b${index}`.repeat(1000)) }),
      ),
    );
    const read = entries.map(({ files }) => [
      files.a.toString('latin1', 1, 2),
      files.b.toString('latin1', 1, 2),
    ]);
    expect(new Set(read.flat()).size).toBe(1);
    expect(await readdir(join(folder, 'tmp'))).toEqual([]);
  });

  test('a folder that cannot be written is an environment error that names it', async () => {
    await writeFile(join(folder, 'file'), '');
    const failure = openCache(join(folder, 'file')).put('service', 'k', { a: bytes('x') });
    await expect(failure).rejects.toMatchObject({ code: 'build/write', exitCode: 3 });
  });
});

test('replaceFile leaves no other file behind', async () => {
  const file = join(folder, 'deep', 'x.txt');
  await replaceFile(file, 'one');
  await replaceFile(file, 'two');
  expect(await readFile(file, 'utf8')).toBe('two');
  expect(await readdir(join(folder, 'deep'))).toEqual(['x.txt']);
});

test('digestOf tells lists of parts apart that join to the same text', () => {
  expect(digestOf('ab', 'c')).not.toBe(digestOf('a', 'bc'));
  expect(digestOf('ab', 'c')).toBe(digestOf(bytes('ab'), 'c'));
});

test('replaceTogether replaces none of its files where one cannot be written', async () => {
  const [file, blocked] = [join(folder, 'x.txt'), join(folder, 'file/below.txt')];
  await writeFile(join(folder, 'file'), '');
  await writeFile(file, 'one');
  const files = new Map([
    [file, 'two'],
    [blocked, 'two'],
  ]);
  await expect(replaceTogether(files)).rejects.toMatchObject({
    code: 'build/write',
    diagnostics: [{ where: blocked }],
  });
  expect(await readFile(file, 'utf8')).toBe('one');
  expect((await readdir(folder)).toSorted()).toEqual(['file', 'x.txt']);
});
