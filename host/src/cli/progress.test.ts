import { expect, test } from 'vitest';
import type { BuildEvent } from '../build/app.ts';
import { createOutput, type OutputOptions } from './output.ts';
import { showBuild } from './progress.ts';

const BUILD: readonly BuildEvent[] = [
  { kind: 'service', name: 'a', step: 'bundling' },
  { kind: 'service', name: 'b', step: 'bundling' },
  { kind: 'service', name: 'a', step: 'componentizing' },
  { kind: 'service', name: 'b', step: 'cached', ms: 20 },
  { kind: 'service', name: 'a', step: 'built', ms: 1234 },
  { kind: 'unit', name: 'a', step: 'linked', ms: 50, bytes: 2_360_000 },
];

function shown(
  options: Partial<OutputOptions>,
  tty?: { columns: number },
): { stdout: string; stderr: string } {
  const text = { stdout: '', stderr: '' };
  const output = createOutput(
    { json: false, quiet: false, verbose: false, color: 'never', ...options },
    {
      stdout: { write: (part) => (text.stdout += part) },
      stderr: { write: (part) => (text.stderr += part), ...(tty && { isTTY: true, ...tty }) },
      env: {},
    },
  );
  const progress = showBuild(output);
  for (const event of BUILD) progress.onProgress(event);
  progress.end();
  return text;
}

const LINES = ['  cached    b 0.02 s', '  built     a 1.2 s', '  linked    unit a 2.36 MB, 0.05 s'];

test('without a terminal, one line for what is done', () => {
  expect(shown({})).toEqual({ stdout: '', stderr: `${LINES.join('\n')}\n` });
});

test('on a terminal, one line is rewritten and leaves nothing behind', () => {
  const { stderr } = shown({}, { columns: 80 });
  expect(stderr).toContain('\r\x1b[2K  componentizing a, bundling b');
  // What stands on the screen: of each line, what follows its last clearing.
  const screen = stderr.split('\n').map((line) => line.slice(line.lastIndexOf('\r\x1b[2K') + 5));
  expect(screen).toEqual([...LINES, '']);
});

test('a narrow terminal cuts the line, so that it stays one', () => {
  const { stderr } = shown({}, { columns: 30 });
  expect(
    Math.max(...stderr.split(/[\r\n]+/).map((line) => line.replace('\x1b[2K', '').length)),
  ).toBeLessThanOrEqual(34);
  expect(stderr).toContain('\r\x1b[2K  componentizing a, bundling');
});

test('--quiet shows nothing', () => {
  expect(shown({ quiet: true })).toEqual({ stdout: '', stderr: '' });
});

test('--json gives every step a line', () => {
  const { stdout, stderr } = shown({ json: true });
  expect(stderr).toBe('');
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(BUILD.map((event) => ({ event: 'build', ...event })));
});
