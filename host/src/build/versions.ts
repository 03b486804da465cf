import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const known = new Map<string, string>();

/** The version of an installed package, without loading it: results are kept apart by it. */
export function packageVersion(name: string): string {
  let version = known.get(name);
  if (version === undefined) {
    const text = readFileSync(require.resolve(`${name}/package.json`), 'utf8');
    version = (JSON.parse(text) as { version: string }).version;
    known.set(name, version);
  }
  return version;
}

/** Tenon's own version; its package.json lies above the compiled `dist/host/src/build`, or above the sources. */
export function ownVersion(): string {
  const up = import.meta.url.endsWith('.ts') ? ['..', '..'] : ['..', '..', '..', '..'];
  const file = join(dirname(fileURLToPath(import.meta.url)), ...up, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
