import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HOST = fileURLToPath(new URL('../host/', import.meta.url));

/**
 * Packs the tool and unpacks it in a folder as npm would install it, beside the packages of the repository; gives the
 * file of its command.
 */
export function installPacked(folder: string): string {
  const tool = join(folder, 'node_modules', 'tenon');
  mkdirSync(tool, { recursive: true });
  const packed = execFileSync('npm', ['pack', '--json', '--loglevel=error', '--pack-destination', folder], {
    cwd: HOST,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // A lifecycle script may print before it.
  const [{ filename }] = JSON.parse(packed.slice(packed.indexOf('[\n'))) as [{ filename: string }];
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', tool, '--strip-components=1']);
  const { dependencies } = JSON.parse(readFileSync(join(tool, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    const place = join(folder, 'node_modules', name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(found(name), place);
  }
  return join(tool, 'bin', 'tenon.js');
}

/** Where npm put a package: with the host, or one level up, shared with others. */
function found(name: string): string {
  const own = join(HOST, 'node_modules', name);
  return existsSync(own) ? own : join(HOST, '..', 'node_modules', name);
}
