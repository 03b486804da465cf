import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openSqliteStore } from './sqlite.ts';

const module = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Commits events for ever; each writes one number under many keys and says so once it is committed. */
const PROGRAM = `
  import { writeSync } from 'node:fs';
  import { openSqliteStore } from ${JSON.stringify(module('./sqlite.ts'))};
  import { Overlay } from ${JSON.stringify(module('./overlay.ts'))};
  const store = openSqliteStore(process.argv[1], 'normal');
  for (let number = Number(process.argv[2]); ; number++) {
    const overlay = new Overlay(store);
    for (let key = 0; key < 20; key++) overlay.write('default', 'key' + key, new TextEncoder().encode(number + ' '.repeat(500)));
    if (overlay.commit(() => true) !== 'committed') throw new Error('not committed');
    writeSync(1, number + '\\n');
  }
`;

test('a process killed between commits leaves whole events, and loses none that it answered', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenon-crash-'));
  const path = join(folder, 'kv.db');
  try {
    let answered = 0;
    for (let round = 0; round < 5; round++) {
      const child = spawn(
        process.execPath,
        ['--input-type=module', '-e', PROGRAM, path, String(answered + 1)],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      let output = '';
      // Each round dies at another place: after so many more answers, whatever the child does at that moment.
      const enough = answered + 10 + 7 * round;
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (last(output) >= enough) child.kill('SIGKILL');
      });
      const [, signal] = (await once(child, 'close')) as [number | null, string | null];
      expect(signal).toBe('SIGKILL');
      answered = last(output);

      using store = openSqliteStore(path, 'normal');
      const numbers = new Set(
        store.keys('default').keys.map((key) => Number(new TextDecoder().decode(store.get('default', key)))),
      );
      expect(numbers.size).toBe(1);
      expect([...numbers][0]).toBeGreaterThanOrEqual(answered);
      answered = [...numbers][0] ?? 0;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** The last number of which the whole line has come. */
function last(output: string): number {
  return Number(output.split('\n').at(-2) ?? 0);
}
