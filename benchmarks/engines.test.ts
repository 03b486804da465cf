import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { figuresOf } from './subjects/wasmtime-host.ts';

test('without cargo it says what is missing, and what measures the same', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'engines.ts')], {
    encoding: 'utf8',
    env: { ...process.env, PATH: '' },
  });
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^cargo is missing, .*rustup\.rs\..*npm run bench -- --suite engine.*\n$/);
});

test('what the host prints is read', () => {
  const printed =
    '1 as built\tinstantiate\t900\t1000\t20\n1 as built\tdrop\t5\t7\t20\n1 as built\tmemory\t65536\n';
  expect([...figuresOf(printed)]).toEqual([
    [
      '1 as built',
      {
        times: {
          instantiate: { minimum: 900, median: 1000, samples: 20 },
          drop: { minimum: 5, median: 7, samples: 20 },
        },
        memory: 65_536,
      },
    ],
  ]);
});
