import { readdir, readFile, stat } from 'node:fs/promises';
import { digestOf } from './cache.ts';

/** What a result was made of, so that a later run can tell by looking at times and sizes whether it still holds. */
export interface InputRecord {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'absent';
  /** ns since the epoch, as text because JSON knows no such numbers. */
  readonly modified: string;
  readonly size: number;
  /** Of a file's contents, or of a folder's sorted names. */
  readonly digest: string;
}

/** Records files, folders (their names, not their contents) and paths where nothing must appear. */
export function recordInputs(paths: Iterable<string>): Promise<InputRecord[]> {
  return Promise.all([...new Set(paths)].sort().map(recordInput));
}

async function recordInput(path: string): Promise<InputRecord> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (!found) return { path, kind: 'absent', modified: '', size: 0, digest: '' };
  const folder = found.isDirectory();
  return {
    path,
    kind: folder ? 'folder' : 'file',
    modified: String(found.mtimeNs),
    size: Number(found.size),
    digest: folder ? digestOf(...(await readdir(path)).sort()) : digestOf(await readFile(path)),
  };
}

/**
 * Whether all that was recorded is still so. Only what has another time or size is read; a file that was
 * written anew with the same contents counts as unchanged.
 */
export async function sameInputs(records: readonly InputRecord[]): Promise<boolean> {
  const checks = await Promise.all(records.map(isSame));
  return checks.every(Boolean);
}

async function isSame(record: InputRecord): Promise<boolean> {
  const found = await stat(record.path, { bigint: true }).catch(() => undefined);
  if (!found) return record.kind === 'absent';
  if (record.kind === 'absent' || found.isDirectory() !== (record.kind === 'folder')) return false;
  if (String(found.mtimeNs) === record.modified && Number(found.size) === record.size) return true;
  if (record.kind === 'file' && Number(found.size) !== record.size) return false;
  return (await recordInput(record.path)).digest === record.digest;
}
