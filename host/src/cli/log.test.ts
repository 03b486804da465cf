import { describe, expect, test, vi, afterEach, beforeEach } from 'vitest';
import type { AppLog } from '../trigger/app.ts';
import { showLog } from './log.ts';
import { createOutput, type OutputOptions } from './output.ts';

beforeEach(() => vi.useFakeTimers({ now: new Date(2026, 0, 2, 3, 4, 5) }));
afterEach(() => vi.useRealTimers());

function shown(entry: AppLog, options: Partial<OutputOptions> = {}): { stdout: string; stderr: string } {
  const text = { stdout: '', stderr: '' };
  const output = createOutput(
    { json: false, quiet: false, verbose: false, color: 'never', ...options },
    {
      stdout: { write: (part) => (text.stdout += part) },
      stderr: { write: (part) => (text.stderr += part) },
      env: {},
    },
  );
  showLog(output)(entry);
  return text;
}

const TRAP: AppLog = {
  level: 'error',
  unit: 'receiver',
  message: 'trap: unreachable',
  stack: 'RuntimeError\n    at f',
};

describe('for people', () => {
  test.each<[what: string, entry: AppLog, options: Partial<OutputOptions>, stdout: string, stderr: string]>([
    [
      'what a service prints goes to the stream it printed to',
      { level: 'info', unit: 'receiver', stream: 'stdout', message: 'hello' },
      {},
      '03:04:05 receiver: hello\n',
      '',
    ],
    [
      'also to standard error',
      { level: 'error', unit: 'receiver', stream: 'stderr', message: 'oh\nno' },
      {},
      '',
      '03:04:05 receiver: oh\n         no\n',
    ],
    ['a trap is one line', TRAP, {}, '', '03:04:05 error receiver: trap: unreachable\n'],
    [
      'with its trace where more is asked for',
      TRAP,
      { verbose: true },
      '',
      '03:04:05 error receiver: trap: unreachable\n         RuntimeError\n             at f\n',
    ],
    ['what only --verbose shows', { level: 'debug', message: 'refused' }, {}, '', ''],
    [
      'is shown by it',
      { level: 'debug', message: 'refused' },
      { verbose: true },
      '',
      '03:04:05 debug: refused\n',
    ],
    [
      '--quiet does not hide the log of an app',
      TRAP,
      { quiet: true },
      '',
      '03:04:05 error receiver: trap: unreachable\n',
    ],
  ])('%s', (_what, entry, options, stdout, stderr) => {
    expect(shown(entry, options)).toEqual({ stdout, stderr });
  });
});

test('for programs, one JSON line on standard output', () => {
  const { stdout, stderr } = shown(TRAP, { json: true });
  expect([JSON.parse(stdout), stderr]).toEqual([
    { event: 'log', time: new Date(2026, 0, 2, 3, 4, 5).toISOString(), ...TRAP },
    '',
  ]);
});
