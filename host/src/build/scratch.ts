import { mkdir, mkdtemp, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { problem } from '../diagnostics/error.ts';
import { displayPath } from './places.ts';

/**
 * Makes a folder of its own below `parent`, named by its real path, since tools name files by that. Throws
 * TenonError `build/write`.
 */
export async function scratchFolder(parent: string, prefix: string): Promise<string> {
  try {
    await mkdir(parent, { recursive: true });
    return await realpath(await mkdtemp(join(parent, prefix)));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw problem('build/write', `the folder ${displayPath(parent)} cannot be written`, {
      where: displayPath(parent),
      expected: 'a folder that may be written',
      found: code ?? message,
      cause,
    });
  }
}
