import { formatWithOptions, inspect as nodeInspect } from 'node:util';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { reset, written } from '../../test/doubles/stdio.ts';
import { Promise as GuestPromise } from '../async/promise.ts';
import { Headers as GuestHeaders } from '../http/headers.ts';
import { URL as GuestURL } from '../url/url.ts';
import { console as guestConsole } from './console.ts';
import { errorText } from './error-text.ts';
import { format } from './format.ts';
import { inspect } from './inspect.ts';
import { logError } from './log-error.ts';

beforeEach(reset);

describe('inspect', () => {
  class Point {
    x = 1;
  }
  const circular: Record<string, unknown> = { a: 1 };
  circular['self'] = circular;

  test.each([
    [undefined],
    [null],
    [true],
    [-0],
    [12n],
    ['text'],
    ["it's"],
    ['line\nbreak'],
    [Symbol('s')],
    [[1, 'two', [3]]],
    [[]],
    [{}],
    [{ a: 1, 'b-c': 'x', d: undefined }],
    [new Point()],
    [new Map([['a', { b: 1 }]])],
    [new Set([1, 'x'])],
    [new Date(0)],
    [/x/g],
    [Uint8Array.of(1, 2)],
    [Object.assign(Object.create(null) as object, { a: 1 })],
    [
      {
        get g() {
          return 1;
        },
      },
    ],
    [[new Number(1), new String('s')]],
    [() => {}],
    [function named() {}],
    [
      class Named {
        x = 1;
      },
    ],
  ])('shows %o as Node does', (value) => {
    expect(inspect(value)).toBe(nodeInspect(value));
  });

  test('shows objects within objects, and where they end', () => {
    expect(inspect(circular)).toBe('{ a: 1, self: [Circular] }');
    expect(inspect({ a: { b: { c: { d: { e: 1 } } } } })).toContain('[Object]');
    expect(inspect(Array.from({ length: 102 }, () => 0))).toContain('... 2 more items');
  });

  test('shows what the web has', () => {
    expect(inspect(new GuestURL('http://h'))).toBe("URL { href: 'http://h/' }");
    expect(inspect(new GuestHeaders({ a: '1' }))).toBe("Headers { 'a' => '1' }");
    const pending = new GuestPromise(() => {});
    expect([inspect(pending), inspect(GuestPromise.resolve(1))]).toEqual([
      'Promise { <pending> }',
      'Promise { 1 }',
    ]);
  });

  test('shows errors with their stack, properties and causes', () => {
    const error = Object.assign(new TypeError('wrong', { cause: new Error('why') }), { code: 7 });
    const text = inspect(error);
    expect(text).toMatch(/^TypeError: wrong\n {4}at /);
    expect(text).toMatch(/code: 7/);
    expect(text).toMatch(/\[cause\]: Error: why\n/);
  });

  test('puts the title before a stack that has none, as that of QuickJS', () => {
    const error = new RangeError('far');
    error.stack = '    at f (x.js:1:2)\n';
    expect(errorText(error)).toBe('RangeError: far\n    at f (x.js:1:2)');
    delete error.stack;
    expect(errorText(error)).toBe('RangeError: far');
  });

  test('never throws', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true }),
        (value) => {
          expect(typeof inspect(value)).toBe('string');
        },
      ),
    );
  });
});

describe('console', () => {
  test.each([
    [['%s and %s', 'a', 1]],
    [['%d %i %f', '42.5', '42.5', '42.5']],
    [['%j', { a: [1] }]],
    [['100%', 'x']],
    [['%% %s', 'x']],
    [['%s']],
    [['%c styled', 'color: red']],
    [['a', 'b', 1, null]],
    [[1, '%s', 'x']],
    [['%s', 'a', 'rest', { b: 1 }]],
  ])('formats %j as Node does', (args) => {
    expect(format(args)).toBe(formatWithOptions({}, ...args));
  });

  test('writes to the right stream, gives it back, and never too much at once', () => {
    guestConsole.log('out');
    guestConsole.error('err', 1);
    guestConsole.warn('ü'.repeat(5_000));
    expect(written.stdout).toBe('out\n');
    expect(written.stderr).toBe(`err 1\n${'ü'.repeat(5_000)}\n`);
    expect([written.open, written.largest]).toEqual([0, 4096]);
  });

  test('groups, counts, asserts, and shows tables', () => {
    guestConsole.group('g');
    guestConsole.log('a\nb');
    guestConsole.groupEnd();
    guestConsole.count();
    guestConsole.count();
    guestConsole.countReset();
    guestConsole.count();
    guestConsole.assert(true, 'no');
    guestConsole.table([{ a: 1, b: 'x' }, 5]);
    expect(written.stdout).toBe(
      'g\n  a\n  b\ndefault: 1\ndefault: 2\ndefault: 1\n' +
        '┌─────────┬───┬─────┬────────┐\n│ (index) │ a │ b   │ Values │\n├─────────┼───┼─────┼────────┤\n' +
        "│ 0       │ 1 │ 'x' │        │\n│ 1       │   │     │ 5      │\n└─────────┴───┴─────┴────────┘\n",
    );
    guestConsole.assert(false, '%s!', 'no');
    expect(written.stderr).toBe('Assertion failed: no!\n');
  });

  test('logs the guest’s own errors with their causes', () => {
    logError('it failed:', new Error('outer', { cause: new Error('inner', { cause: 'root' }) }));
    expect(written.stderr).toMatch(
      /^it failed: Error: outer\n[\s\S]*caused by Error: inner\n[\s\S]*caused by root\n$/,
    );
    reset();
    const loop: Record<string, unknown> = {};
    loop['loop'] = loop;
    logError('it failed:', loop);
    expect(written.stderr).toBe('it failed: [object Object]\n');
  });
});
