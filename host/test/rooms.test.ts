import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { PURE_ROOMS, ROOMS } from '../../rooms.ts';
import { temporaryFolder } from './orders/app.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OXLINT = join(ROOT, 'node_modules', 'oxlint', 'bin', 'oxlint');

interface Report {
  readonly number_of_files: number;
  readonly diagnostics: readonly {
    readonly code: string;
    readonly filename: string;
    readonly message: string;
  }[];
}

async function lint(cwd: string, ...paths: string[]): Promise<Report> {
  const args = [OXLINT, '--format=json', '-c', join(cwd, 'oxlint.config.ts'), ...paths];
  // It exits with 1 where it finds something; the report is the same.
  const { stdout } = await run(process.execPath, args, { cwd }).catch((error: { stdout: string }) => error);
  return JSON.parse(stdout) as Report;
}

test('every room of host/src stands in rooms.ts', async () => {
  const folders = (await readdir(join(ROOT, 'host', 'src'), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  expect(folders.filter((room) => !ROOMS.includes(room as (typeof ROOMS)[number]))).toEqual([]);
});

test('the lint sees every source file of host/src', async () => {
  const files = (await readdir(join(ROOT, 'host', 'src'), { recursive: true })).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.endsWith('.gen.ts'),
  );
  expect(files.length).toBeGreaterThan(100);
  const report = await lint(ROOT, 'host/src');
  expect(report.number_of_files).toBe(files.length);
  expect(report.diagnostics).toEqual([]);
});

test('the lint refuses an import of a room below, and I/O in a pure room', async () => {
  await using folder = await temporaryFolder('rooms');
  for (const file of ['oxlint.config.ts', 'rooms.ts', 'package.json']) {
    await cp(join(ROOT, file), join(folder.path, file));
  }
  // The configuration imports oxlint by name.
  await mkdir(join(folder.path, 'node_modules'));
  await symlink(join(ROOT, 'node_modules', 'oxlint'), join(folder.path, 'node_modules', 'oxlint'));

  const expected: string[] = [];
  const source = async (name: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder.path, name)), { recursive: true });
    await writeFile(join(folder.path, name), text);
  };
  for (const [position, room] of ROOMS.entries()) {
    const below = ROOMS[position + 1];
    if (below) {
      await source(
        `host/src/${room}/down.ts`,
        `import { x } from '../${below}/x.ts';\nexport const y = x;\n`,
      );
      expected.push(`host/src/${room}/down.ts`);
    }
    const above = ROOMS[position - 1];
    if (above)
      await source(`host/src/${room}/up.ts`, `import { x } from '../${above}/x.ts';\nexport const y = x;\n`);
    if (PURE_ROOMS.includes(room)) {
      await source(
        `host/src/${room}/io.ts`,
        `import { readFileSync } from 'node:fs';\nexport const y = readFileSync;\n`,
      );
      expected.push(`host/src/${room}/io.ts`);
    }
  }
  const report = await lint(folder.path, 'host/src');
  const restricted = report.diagnostics.filter(({ code }) => code === 'eslint(no-restricted-imports)');
  expect(restricted.map(({ filename }) => filename).sort()).toEqual(expected.sort());
});
