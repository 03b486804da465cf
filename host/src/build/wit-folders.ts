import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { chunksOf } from '../contract/wit-packages.ts';
import { GUEST_FOLDER } from './guest.ts';
import { displayPath } from './places.ts';
import { readWitFolders } from './wit/read.ts';

/** Declarations of `fermyon:spin`, WASI and the like that come with Tenon; laid out as `guest/` is. */
export const OWN_DEPENDENCIES = join(GUEST_FOLDER, '..', '..', 'wit', 'deps');

/**
 * The folders in which a service's contracts are looked for: its own `wit`, the nearest `wit` at or above the
 * manifest's folder within its project, and of Tenon's own declarations those packages that neither declares.
 * Paths as messages name them.
 */
export async function witFolders(serviceFolder: string, manifestFolder: string): Promise<string[]> {
  const candidates = [join(serviceFolder, 'wit'), await nearestWit(manifestFolder)];
  const folders: string[] = [];
  for (const folder of candidates) {
    if (folder !== undefined && (await isFolder(folder)) && !folders.includes(folder)) folders.push(folder);
  }
  const shown = folders.map(displayPath);
  if (folders.includes(dirname(OWN_DEPENDENCIES))) return shown;
  const declared = new Set(
    (await readWitFolders(shown)).flatMap((file) => chunksOf(file).map(({ package: id }) => id)),
  );
  for (const folder of await ownWitFolders()) {
    const packages = (await readWitFolders([folder])).flatMap((file) =>
      chunksOf(file).map(({ package: id }) => id),
    );
    if (!packages.some((id) => id !== undefined && declared.has(id))) shown.push(folder);
  }
  return shown;
}

/** The folders of Tenon's own declarations, one for each package. Paths as messages name them. */
export async function ownWitFolders(): Promise<string[]> {
  const own = await readdir(OWN_DEPENDENCIES).catch(() => []);
  return own.sort().map((name) => displayPath(join(OWN_DEPENDENCIES, name)));
}

/** A project ends at the folder that has a package.json or is a repository's root. */
async function nearestWit(from: string): Promise<string | undefined> {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (await isFolder(join(folder, 'wit'))) return join(folder, 'wit');
    const names: readonly string[] = await readdir(folder).catch(() => []);
    if (names.includes('package.json') || names.includes('.git') || dirname(folder) === folder)
      return undefined;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
