import { beforeEach, describe, expect, test, vi } from 'vitest';
import { reset, written } from '../../test/doubles/stdio.ts';
import { Promise as GuestPromise } from '../async/promise.ts';
import { handle, requireFunctions, type ReceivedCall, type Reply, type Session } from './root.ts';

beforeEach(reset);

const bytes = (message: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(message));

/** A function of text: its message is `{"text": …}`. */
function call(work: (text: string) => unknown, more: Partial<ReceivedCall> = {}): ReceivedCall {
  return {
    topics: ['t'],
    id: 'a:b/c#f',
    name: 'f',
    interface: 'c',
    path: 'c.f of d',
    owner: { f: work },
    params: ['text'],
    fromJson: (json) => json,
    whole: false,
    ...more,
  };
}

/** A session that keeps what became of a message. */
function session(replica = true): Session & { readonly seen: unknown[] } {
  const seen: unknown[] = [];
  return {
    seen,
    claim: (_, { id }) => (seen.push(['claim', id]), replica),
    release: () => void seen.push(['release']),
    reply: ({ reply }, answer: Reply) => void seen.push(['reply', reply, answer]),
  };
}

const value = (given: unknown): unknown => given;
const failing = (payload: unknown) => () => {
  throw Object.assign(new Error('with a payload'), { payload });
};

describe('a message that is not answered', () => {
  test('is claimed, and calls the service with its arguments', () => {
    const work = vi.fn<(text: string) => void>();
    const one = session();
    expect(handle([call(work)], bytes({ text: 'x', _tenon: { id: '1' } }), one)).toBeUndefined();
    expect(work).toHaveBeenCalledExactlyOnceWith('x');
    expect(one.seen).toEqual([['claim', '1']]);
  });

  test('waits for a promise of the service', () => {
    const done: string[] = [];
    const work = (text: string): unknown => GuestPromise.resolve().then(() => done.push(text));
    expect(handle([call(work)], bytes({ text: 'x' }), {})).toBeUndefined();
    expect(done).toEqual(['x']);
  });

  test('is left alone where another replica has it', () => {
    const work = vi.fn<(text: string) => void>();
    expect(handle([call(work)], bytes({ text: 'x' }), session(false))).toBeUndefined();
    expect(work).not.toHaveBeenCalled();
  });

  test('fails with the error of the contract, and is given back', () => {
    const one = session();
    const given = call(failing('no'), { error: value });
    expect(handle([given], bytes({ text: 'x' }), one)).toBe('c.f of d answered an error: "no"');
    expect(one.seen.at(-1)).toEqual(['release']);
    expect(written.stderr).toBe('');
  });

  test('fails with what the contract does not know, which is logged', () => {
    const one = session();
    const given = call(() => {
      throw new RangeError('broken');
    });
    expect(handle([given], bytes({ text: 'x' }), one)).toBe('c.f of d threw RangeError: broken');
    expect(one.seen.at(-1)).toEqual(['release']);
    expect(written.stderr).toMatch(/^c\.f of d threw RangeError: broken\n/);
  });
});

describe('a message whose caller waits', () => {
  const asked = { text: 'x', _tenon: { id: '1', reply: 'list' } };

  test.each([
    ['a value', call((text) => `${text}!`, { result: value }), { tag: 'ok', val: 'x!' }],
    ['nothing', call(() => 5), { tag: 'ok' }],
    ['an error with a value', call(failing(7), { error: value }), { tag: 'err', val: 7 }],
    ['an error without one', call(failing(7), { error: 'empty' }), { tag: 'err' }],
    [
      'a value that is thrown',
      call(
        () => {
          throw 'bare';
        },
        { error: value },
      ),
      { tag: 'err', val: 'bare' },
    ],
  ])('is answered with %s', (_, given, answer) => {
    const one = session();
    expect(handle([given], bytes(asked), one)).toBeUndefined();
    expect(one.seen.at(-1)).toEqual(['reply', 'list', answer]);
  });

  test('is told at once that it is malformed', () => {
    const one = session();
    const given = call(value, {
      fromJson: () => {
        throw new TypeError('text: expected string, found 7');
      },
    });
    const reason = 'malformed: text: expected string, found 7';
    expect(handle([given], bytes(asked), one)).toBe(reason);
    expect(one.seen.at(-1)).toEqual(['reply', 'list', { tag: 'failed', val: reason }]);
  });

  test('gets no reply where the service fails: that would commit what it has written', () => {
    const one = session();
    const given = call(() => {
      throw new RangeError('broken');
    });
    expect(handle([given], bytes(asked), one)).toBe('c.f of d threw RangeError: broken');
    expect(one.seen).toEqual([['claim', '1'], ['release']]);
  });

  test('is not handled after its deadline', () => {
    const work = vi.fn<(text: string) => void>();
    const late = { ...asked, _tenon: { ...asked._tenon, deadline: Date.now() - 1 } };
    expect(handle([call(work)], bytes(late), session())).toBeUndefined();
    expect(work).not.toHaveBeenCalled();
    const early = { ...asked, _tenon: { ...asked._tenon, deadline: Date.now() + 60_000 } };
    handle([call(work)], bytes(early), session());
    expect(work).toHaveBeenCalledOnce();
  });

  test('is handled like any other where nobody can answer', () => {
    const given = call(failing('no'), { error: value });
    expect(handle([given], bytes(asked), {})).toBe('c.f of d answered an error: "no"');
  });
});

describe('a handler of several functions', () => {
  const one = vi.fn<(text: string) => void>();
  const two = vi.fn<(text: string) => void>();
  const calls = [call(one), call(two, { id: 'a:b/c#g' })];
  beforeEach(() => {
    one.mockReset();
    two.mockReset();
  });

  test('calls the one that the message names', () => {
    expect(handle(calls, bytes({ text: 'x', _tenon: { function: 'a:b/c#g' } }), {})).toBeUndefined();
    expect([one.mock.calls, two.mock.calls]).toEqual([[], [['x']]]);
  });

  test.each([
    [{}, 'nothing'],
    [{ function: 'g' }, '"g"'],
    [{ function: 7 }, '7'],
  ])('refuses a message that says %j', (own, found) => {
    expect(handle(calls, bytes({ text: 'x', _tenon: own }), {})).toBe(
      `malformed: _tenon.function: expected "a:b/c#f" | "a:b/c#g", found ${found}`,
    );
  });
});

test('a service that lacks a function is told while it is built', () => {
  const lacking = call(value, { owner: { g: value } });
  expect(() => requireFunctions('d', [lacking])).toThrow(
    'tenon:wrong-export {"service":"d","path":"c.f","wanted":"function","found":"undefined"}',
  );
  expect(() => requireFunctions('d', [call(value, { owner: undefined })])).toThrow('tenon:wrong-export');
  expect(() => requireFunctions('d', [call(value)])).not.toThrow();
});
