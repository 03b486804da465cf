import { readFile } from 'node:fs/promises';
import { problem } from '../diagnostics/error.ts';
import { displayPath } from './places.ts';

/**
 * The text of a manifest.
 *
 * @param file absolute
 * @throws TenonError `build/manifest-not-found`
 */
export async function readManifest(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw problem('build/manifest-not-found', `${displayPath(file)} cannot be read`, {
      where: displayPath(file),
      expected: 'a manifest',
      found: (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : (cause as Error).message,
      cause,
    });
  });
}
