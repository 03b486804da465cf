import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { KUBERNETES_FILES, WRITTEN_BY } from './manifests.ts';

/** The manifests that an earlier run wrote into a folder, for the whole app or for parts; relative to it. */
export async function manifestsIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  const candidates = [folder, ...folders].flatMap((one) => KUBERNETES_FILES.map((name) => join(one, name)));
  const found = await Promise.all(candidates.map(async (file) => ((await isOurs(file)) ? file : [])));
  return found.flat().map((file) => relative(folder, file));
}

async function isOurs(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.startsWith(`# ${WRITTEN_BY}`);
}
