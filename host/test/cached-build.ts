import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CACHE = join(tmpdir(), 'tenon-test-components');

/** The file that `build` makes of files, kept in the system's temporary folder by what they have in them. */
export async function cachedBuild(
  name: string,
  sources: readonly string[],
  build: (output: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256');
  for (const path of sources) hash.update(readFileSync(path));
  const file = join(CACHE, `${name}-${hash.digest('hex').slice(0, 32)}.wasm`);
  if (existsSync(file)) return file;
  await mkdir(CACHE, { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  await build(unfinished);
  await rename(unfinished, file);
  return file;
}
