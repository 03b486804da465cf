import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cannotWrite, writeDurably } from './replace.ts';

/** The files of one entry, by name. */
export type CacheFiles = Readonly<Record<string, Uint8Array>>;

/** An entry as it lies in the cache, its contents checked. */
export interface CacheEntry<Name extends string> {
  /** Absolute folder; its files may be read, never written. */
  readonly folder: string;
  readonly files: Readonly<Record<Name, Buffer>>;
}

/** Results by content. Safe with several processes at once: an entry appears whole or not at all. */
export interface Cache {
  readonly folder: string;
  /** The entry under a key, if it is there and its contents are what was stored; one that is not is removed. */
  get<Name extends string>(
    kind: string,
    key: string,
    names: readonly Name[],
  ): Promise<CacheEntry<Name> | undefined>;
  /** Removes an entry, if it is there. */
  remove(kind: string, key: string): Promise<void>;
  /** Stores an entry; where another process was faster, theirs stays and is returned. */
  put<Name extends string>(
    kind: string,
    key: string,
    files: Readonly<Record<Name, Uint8Array>>,
  ): Promise<CacheEntry<Name>>;
}

/** SHA-256 of parts, each preceded by its length so that no two lists of parts share a digest; in hex. */
export function digestOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    hash.update(`${bytes.length}:`);
    hash.update(bytes);
  }
  return hash.digest('hex');
}

const SUMS = 'sums.json';

/** Opens a cache; its folder is made by the first `put`. */
export function openCache(folder: string): Cache {
  const place = (kind: string, key: string): string => join(folder, kind, key);

  async function get<Name extends string>(
    kind: string,
    key: string,
    names: readonly Name[],
  ): Promise<CacheEntry<Name> | undefined> {
    const entry = place(kind, key);
    const read = await readEntry(entry, names);
    if (read === 'corrupt') await discard(entry);
    return typeof read === 'object' ? { folder: entry, files: read } : undefined;
  }

  /** Moves a broken entry aside before it is deleted, so that nobody sees half of it. */
  async function discard(entry: string): Promise<void> {
    const aside = join(folder, 'tmp', randomUUID());
    await mkdir(dirname(aside), { recursive: true });
    // Another process may have done the same: then there is nothing left to move.
    await rename(entry, aside).catch(ignoreMissing);
    await rm(aside, { recursive: true, force: true });
  }

  async function put<Name extends string>(
    kind: string,
    key: string,
    files: Readonly<Record<Name, Uint8Array>>,
  ): Promise<CacheEntry<Name>> {
    const entry = place(kind, key);
    const staging = join(folder, 'tmp', randomUUID());
    const names = Object.keys(files) as Name[];
    try {
      await mkdir(staging, { recursive: true });
      await mkdir(dirname(entry), { recursive: true });
      for (const name of names) await writeDurably(join(staging, name), files[name]);
      const sums = Object.fromEntries(names.map((name) => [name, digestOf(files[name])]));
      await writeDurably(join(staging, SUMS), JSON.stringify(sums));
      await rename(staging, entry).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST' && error.code !== 'EPERM') throw error;
        await rm(staging, { recursive: true, force: true });
      });
    } catch (error) {
      await rm(staging, { recursive: true, force: true }).catch(() => {});
      throw cannotWrite(entry, error);
    }
    const stored = await get(kind, key, names);
    if (stored) return stored;
    // The entry that was there was broken and is gone now, so the next try finds the place free.
    return put(kind, key, files);
  }

  return { folder, get, put, remove: (kind, key) => discard(place(kind, key)) };
}

async function readEntry<Name extends string>(
  entry: string,
  names: readonly Name[],
): Promise<Record<Name, Buffer> | 'absent' | 'corrupt'> {
  if (!(await stat(entry).catch(() => undefined))) return 'absent';
  try {
    const sums = JSON.parse(await readFile(join(entry, SUMS), 'utf8')) as Record<string, string>;
    const files = {} as Record<Name, Buffer>;
    for (const name of names) {
      const bytes = await readFile(join(entry, name));
      if (digestOf(bytes) !== sums[name]) return 'corrupt';
      files[name] = bytes;
    }
    return files;
  } catch {
    // A file is missing, or the sums are no JSON.
    return 'corrupt';
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
