import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { problem } from '../diagnostics/error.ts';

type Contents = Uint8Array | string;

/** Writes a file and waits until it is on the disk, so that a rename after it never shows an empty one. */
export async function writeDurably(file: string, contents: Contents): Promise<void> {
  const handle = await open(file, 'w');
  try {
    await handle.writeFile(contents);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Replaces a file whole: readers see the old contents or the new, also when the process dies in between. */
export async function replaceFile(file: string, contents: Contents): Promise<void> {
  await replaceTogether(new Map([[file, contents]]));
}

/**
 * Replaces files that belong together, each whole: all of them are on the disk before the first takes its place, so
 * that a disk that is full leaves them as they were. They take their places in the order given.
 *
 * @throws TenonError `build/write`
 */
export async function replaceTogether(files: ReadonlyMap<string, Contents>): Promise<void> {
  const staged: { readonly file: string; readonly staging: string }[] = [];
  let current = '';
  try {
    for (const [file, contents] of files) {
      current = file;
      const staging = `${file}.${randomUUID()}.tmp`;
      staged.push({ file, staging });
      await mkdir(dirname(file), { recursive: true });
      await writeDurably(staging, contents);
    }
    for (const { file, staging } of staged) {
      current = file;
      await rename(staging, file);
    }
  } catch (error) {
    for (const { staging } of staged) await rm(staging, { force: true }).catch(() => {});
    throw cannotWrite(current, error);
  }
}

export function cannotWrite(file: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  return problem('build/write', `${file} cannot be written: ${message}`, {
    where: file,
    expected: 'a folder that may be written',
    found: code ?? 'an error',
    cause: error,
  });
}
