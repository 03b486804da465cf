import { expect, test } from 'vitest';
import { makeProject } from '../../test/fixtures/project.ts';
import { mapStacks } from './log-stacks.ts';

// Line 1 of the bundle is line 5 of the service, line 2 comes from the guest, line 3 from nowhere.
const MAP = JSON.stringify({
  version: 3,
  sources: ['shop/shop.ts', 'guest/async/loop.ts'],
  names: [],
  mappings: 'AAIA;ACJA;A',
});

function logged(message: string): [level: string, message: string][] {
  using project = makeProject({ 'shop.js.map': MAP });
  const entries: [string, string][] = [];
  const log = mapStacks<{ level: string; message: string }>(
    { shop: project.file('shop.js.map') },
    ({ level, message: text }) => void entries.push([level, text]),
  );
  log({ level: 'error', message });
  return entries;
}

test.each<[what: string, message: string, entries: [string, string][]]>([
  [
    'a service’s own frame, by its source',
    '    at take (/shop.js:1:1)',
    [['error', '    at take (shop/shop.ts:5:1)']],
  ],
  [
    'a frame of the guest only as debug',
    '    at drain (/shop.js:2:1)',
    [['debug', '    at drain (guest/async/loop.ts:1:1)']],
  ],
  [
    'a helper that no source has only as debug',
    '    at step (/shop.js:3:1)',
    [['debug', '    at step (/shop.js:3:1)']],
  ],
  ['the engine’s own only as debug', '    at next (native)', [['debug', '    at next (native)']]],
  ['what is no frame as it is', 'see shop.js:9 (native)', [['error', 'see shop.js:9 (native)']]],
  [
    'a whole trace in parts',
    'Error: no\n    at take (/shop.js:1:1)\n    at next (native)\n    at step (/shop.js:3:1)\nafter',
    [
      ['error', 'Error: no\n    at take (shop/shop.ts:5:1)'],
      ['debug', '    at next (native)\n    at step (/shop.js:3:1)'],
      ['error', 'after'],
    ],
  ],
])('shows %s', (_what, message, entries) => {
  expect(logged(message)).toEqual(entries);
});
