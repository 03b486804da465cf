import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeComponent } from '../../src/component/decode.ts';
import { componentTypeOf } from '../../src/component/signature.ts';
import { unwrap } from '../../src/diagnostics/error.ts';
import { flattenComponent } from '../../src/link/flatten/flatten.ts';
import { trimComponent } from '../../src/link/trim/trim.ts';
import { hostAnswers } from '../../src/plan/host-answers.ts';
import { instantiate } from '../link/quickjs.ts';
import { messagesService } from './services.ts';

const SEED = { 'wasi:random/insecure-seed': { insecureSeed: () => [1n, 2n] } };

describe('a component whose world itself exports functions', () => {
  let built: Uint8Array;
  beforeAll(async () => {
    built = await messagesService();
  });

  const flatten = (bytes: Uint8Array, hide?: (name: string) => boolean) => {
    const flattened = unwrap(flattenComponent(bytes, hide && { hide }));
    if (!flattened.applied) throw new Error(flattened.reason);
    return flattened;
  };

  test('is made of fewer core instances', () => {
    const { report } = flatten(built, (name) => name === 'init');
    expect(report.coreInstances[1]).toBeLessThan(report.coreInstances[0]);
    expect(report.bytesAfter).toBeLessThan(report.bytesBefore);
  });

  test('gives the same bytes again, and is no longer of the shape afterwards', () => {
    const { bytes } = flatten(built);
    expect(Buffer.compare(bytes, flatten(built).bytes)).toBe(0);
    expect(unwrap(flattenComponent(bytes))).toMatchObject({ applied: false, bytes });
  });

  test('answers itself what no host is asked', () => {
    const answers = hostAnswers([{ kind: 'clocks' }, { kind: 'random' }, { kind: 'stdio' }]);
    const { report } = unwrap(flattenComponent(built, { answers })) as ReturnType<typeof flatten>;
    expect(report.lateFunctions).toBeLessThan(flatten(built).report.lateFunctions);
  });

  test('imports only what it needs, and numbers its types anew', () => {
    const importsOf = (bytes: Uint8Array): string[] => [...unwrap(componentTypeOf(bytes)).imports.keys()];
    const answers = hostAnswers([{ kind: 'clocks' }, { kind: 'random' }, { kind: 'stdio' }]);
    const { bytes } = unwrap(flattenComponent(built, { answers })) as ReturnType<typeof flatten>;
    const [before, after] = [importsOf(built), importsOf(bytes)];
    expect(before.filter((name) => !after.includes(name)).map((name) => name.split('@')[0])).toEqual(
      expect.arrayContaining(['wasi:cli/environment', 'wasi:filesystem/types', 'wasi:filesystem/preopens']),
    );
    expect(after).toEqual(expect.arrayContaining(before.filter((name) => name.startsWith('wasi:clocks'))));
    const syntax = unwrap(decodeComponent(bytes));
    expect(trimComponent({ bytes, syntax }, () => true)).toEqual({ applied: false });
  });

  test('answers as before', { timeout: 60_000 }, async () => {
    const log: unknown[] = [];
    const answered = unwrap(flattenComponent(built, { answers: hostAnswers([{ kind: 'random' }]) }));
    for (const bytes of [built, flatten(built, (name) => name === 'init').bytes, answered.bytes]) {
      const exports = (await instantiate(bytes, SEED)) as unknown as {
        handleMessage(payload: Uint8Array, metadata: { topic: string }): void;
        count(): number;
      };
      const outcomes = ['hi', '', 'you'].map((text) => {
        try {
          exports.handleMessage(new TextEncoder().encode(text), { topic: 'a/b' });
          return 'handled';
        } catch (error) {
          return error instanceof Error ? ((error as { payload?: unknown }).payload ?? error.message) : error;
        }
      });
      log.push([...outcomes, exports.count()]);
    }
    expect(log[1]).toEqual(log[0]);
    expect(log[2]).toEqual(log[0]);
    expect(log[0]).toEqual(['handled', { tag: 'other', val: 'empty a/b' }, 'handled', 15]);
  });

  test('keeps its init unless that is hidden', () => {
    const size = (hide: boolean): number =>
      flatten(built, hide ? (name) => name === 'init' : undefined).bytes.length;
    expect(size(true)).toBeLessThan(size(false));
  });
});

describe('what is not built so', () => {
  test.each([
    ['has no core modules', '(component)'],
    [
      'has one core module',
      '(component (core module $m (func (export "f"))) (core instance (instantiate $m)))',
    ],
    [
      'has a type of core modules',
      '(component (core type (module)) (component (core module $m) (core instance (instantiate $m))) (instance (instantiate 0)))',
    ],
  ])('is left alone: %s', async (_, wat) => {
    const bytes = await parse(wat);
    const flattened = unwrap(flattenComponent(bytes));
    expect(flattened.applied).toBe(false);
    expect(flattened.bytes).toBe(bytes);
    expect(flattened).toHaveProperty('reason', expect.stringMatching(/^it /));
  });

  test('is a diagnostic where it is no component', () => {
    const result = flattenComponent(new Uint8Array([0, 1, 2, 3]));
    expect(result.diagnostics.map(({ code }) => code)).toEqual(['component/malformed']);
  });
});
