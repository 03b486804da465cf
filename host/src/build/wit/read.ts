import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WitFile } from '../../contract/wit-packages.ts';
import { problem } from '../../diagnostics/error.ts';

/** One WIT file; throws `contract/wit-file`. */
export async function readWitFile(file: string): Promise<WitFile> {
  try {
    return { file, text: await readFile(file, 'utf8') };
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/** All `.wit` files below the folders, sorted by path; throws `contract/wit-file`. */
export async function readWitFolders(folders: readonly string[]): Promise<WitFile[]> {
  const names = await Promise.all(folders.map(witFilesBelow));
  return Promise.all([...new Set(names.flat())].sort().map(readWitFile));
}

async function witFilesBelow(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith('.wit'))
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (cause) {
    throw unreadable(folder, cause);
  }
}

function unreadable(path: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return problem('contract/wit-file', `cannot open ${path}`, {
    where: path,
    expected: 'a file or folder that can be read',
    found: reason,
    cause,
  });
}
