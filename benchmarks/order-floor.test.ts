import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { STEPS } from './subjects/floor-words.ts';

test('every step takes orders, and has its row', { timeout: 300_000 }, () => {
  const args = [join(import.meta.dirname, 'order-floor.ts'), '--rounds', '1', '--orders', '20'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  const rows = stdout.trimEnd().split('\n').slice(2);
  const labels = rows.map((row) => row.slice(0, 38).trim());
  expect(labels).toEqual(Object.values(STEPS));
  for (const row of rows) expect(row.slice(38)).toMatch(/^ *\d+ \(\d+ to \d+\)( +\d+){3}$/);
});
