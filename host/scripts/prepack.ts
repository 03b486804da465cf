import { spawnSync } from 'node:child_process';
import { cpSync, globSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inOneFile } from './one-file.ts';

/**
 * Makes `host/dist`, which the package ships: host and guest compiled to JavaScript with declarations, laid out
 * as in the repository, and what a build reads as it is: declarations of what services find, and the WIT of the
 * host's interfaces. The commands that run once are a script besides, whole but for what only a plan needs, since most of
 * their time would go into finding a hundred files and compiling what is in them. It has its own copies of modules that
 * the rest has too, so of what it imports outside it may take data only, as the pure rooms give it.
 */
const host = dirname(dirname(fileURLToPath(import.meta.url)));
const root = dirname(host);
const dist = join(host, 'dist');

rmSync(dist, { recursive: true, force: true });
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
// Declarations are for what the library exports and what that refers to, not for every room.
for (const config of ['tsconfig.build.json', 'tsconfig.types.json']) {
  const compiled = spawnSync(process.execPath, [tsc, '-p', join(host, config)], { stdio: 'inherit' });
  if (compiled.status !== 0) process.exit(1);
}

await inOneFile(join(dist, 'host', 'src', 'cli'), 'once.cjs', {
  entry: 'main.js',
  modules: ['commands/compose.js', 'commands/diff.js', '../link/compose.js', '../link/diff.js'],
  packages: ['commander'],
});

for (const file of globSync('guest/**/*.d.ts', { cwd: root, exclude: ['**/node_modules/**'] })) {
  cpSync(join(root, file), join(dist, file));
}
cpSync(join(root, 'wit', 'deps'), join(dist, 'wit', 'deps'), { recursive: true });
