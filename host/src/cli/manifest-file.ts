import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { problem } from '../diagnostics/error.ts';

/**
 * The manifest a command works on: the one that is named, else the only one in `composed/` and the folder
 * itself; naming a folder means the only one there. Throws `cli/no-manifest` or `cli/several-manifests`.
 */
export function chooseManifest(named: string | undefined, folder = '.'): string {
  if (named !== undefined) return isFolder(named) ? chooseManifest(undefined, named) : named;
  const candidates = [join(folder, 'composed'), folder].flatMap(manifestsIn);
  const [only] = candidates;
  if (only === undefined) {
    throw problem('cli/no-manifest', 'no manifest is named, and none was found', {
      where: folder,
      expected: 'composed/*.toml or *.toml with a name and a service',
      found: 'no such file',
    });
  }
  if (candidates.length > 1) {
    throw problem('cli/several-manifests', `${candidates.length} manifests were found`, {
      where: folder,
      expected: 'the name of one manifest',
      found: candidates.join(', '),
    });
  }
  return only;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Files that look like a manifest; whether they are right is for the manifest's own parser. */
function manifestsIn(folder: string): string[] {
  const names = entriesOf(folder).filter((name) => name.endsWith('.toml'));
  return names
    .sort()
    .map((name) => join(folder, name))
    .filter((file) => {
      const text = readFileSync(file, 'utf8');
      return /^\s*name\s*=/m.test(text) && /^\s*\[\s*service\s*\./m.test(text);
    });
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
