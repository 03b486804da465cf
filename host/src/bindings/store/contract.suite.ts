import { afterEach, describe, expect, test } from 'vitest';
import { Overlay } from './overlay.ts';
import type { Store } from './store.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const yes = (): boolean => true;

/**
 * What every store must do, whatever it is.
 *
 * @param database makes an empty database; each `open` is one more connection to it
 * @param labels whether each has keys of its own
 */
export function storeContract(
  name: string,
  database: () => { open(): Store; drop(): void },
  labels: 'apart' | 'same' = 'apart',
): void {
  describe(`a ${name} store`, () => {
    const cleanup: (() => void)[] = [];
    afterEach(() => {
      for (const undo of cleanup.splice(0).toReversed()) undo();
    });
    function connections(): [Store, Store] {
      const { open, drop } = database();
      cleanup.push(drop);
      const stores: [Store, Store] = [open(), open()];
      for (const store of stores) cleanup.push(() => store[Symbol.dispose]());
      return stores;
    }

    test(`gives what was written, under ${labels === 'apart' ? 'its label only' : 'any label'}`, () => {
      const [a, b] = connections();
      a.write({ label: 'default', key: 'k', value: bytes('v') });
      expect(b.get('default', 'k')).toEqual(bytes('v'));
      expect(b.exists('default', 'k')).toBe(true);
      expect(b.get('other', 'k')).toEqual(labels === 'apart' ? undefined : bytes('v'));
      expect(b.exists('other', 'k')).toBe(labels === 'same');
      a.write({ label: 'default', key: 'k', value: undefined });
      expect(b.get('default', 'k')).toBeUndefined();
    });

    test('keeps odd keys and values as they are', () => {
      const [a, b] = connections();
      const all = new Uint8Array(256).map((_, index) => index);
      const keys = ['', ' ', 'a\0b', "'; --", 'ключ', '🔑', 'x'.repeat(10_000)];
      for (const key of keys) a.write({ label: 'ä\0', key, value: all });
      a.write({ label: 'ä\0', key: 'empty', value: new Uint8Array() });
      for (const key of keys) expect(b.get('ä\0', key)).toEqual(all);
      expect(b.get('ä\0', 'empty')).toEqual(new Uint8Array());
      expect(b.keys('ä\0').keys.toSorted()).toEqual([...keys, 'empty'].toSorted());
    });

    test('commits all writes in order, the last of a key winning', () => {
      const [a, b] = connections();
      const outcome = a.commit(
        [],
        [
          { label: 'l', key: 'a', value: bytes('1') },
          { label: 'l', key: 'b', value: bytes('2') },
          { label: 'l', key: 'a', value: undefined },
          { label: 'm', key: 'c', value: bytes('3') },
        ],
        yes,
      );
      expect(outcome).toBe('committed');
      expect(b.keys('l').keys).toEqual(labels === 'apart' ? ['b'] : ['b', 'c']);
      expect(b.get('m', 'c')).toEqual(bytes('3'));
    });

    test('writes nothing when the claim is refused', () => {
      const [a, b] = connections();
      expect(a.commit([], [{ label: 'l', key: 'k', value: bytes('v') }], () => false)).toBe('late');
      expect(b.exists('l', 'k')).toBe(false);
      expect(b.commit([], [{ label: 'l', key: 'k', value: bytes('v') }], yes)).toBe('committed');
    });

    test('writes nothing, and does not claim, when a read does not hold any more', () => {
      const [a, b] = connections();
      a.write({ label: 'l', key: 'same', value: bytes('v') });
      const seen = a.keys('l');
      const reads = {
        value: { kind: 'value', label: 'l', key: 'same', value: bytes('v') },
        absent: { kind: 'value', label: 'l', key: 'new', value: undefined },
        presence: { kind: 'presence', label: 'l', key: 'same', present: true },
        absence: { kind: 'presence', label: 'l', key: 'new', present: false },
        keys: { kind: 'keys', label: 'l', seen },
      } as const;
      const write = { label: 'l', key: 'mine', value: bytes('m') };
      const never = (): boolean => {
        throw new Error('claimed');
      };
      const undo = (): unknown => a.commit([], [{ ...write, value: undefined }], yes);

      expect(a.commit(Object.values(reads), [write], yes)).toBe('committed');
      undo();
      expect(a.commit([reads.keys], [write], yes)).toBe('committed');
      undo();

      b.write({ label: 'l', key: 'same', value: bytes('w') });
      expect(a.commit([reads.value], [write], never)).toBe('conflict');
      expect(a.commit([reads.presence, reads.keys], [write], yes)).toBe('committed');
      undo();

      b.write({ label: 'l', key: 'new', value: bytes('n') });
      for (const read of [reads.absent, reads.absence, reads.keys])
        expect(a.commit([read], [write], never)).toBe('conflict');
      b.write({ label: 'l', key: 'new', value: undefined });
      b.write({ label: 'l', key: 'same', value: undefined });
      for (const read of [reads.value, reads.presence, reads.keys])
        expect(a.commit([read], [write], never)).toBe('conflict');
      expect(b.exists('l', 'mine')).toBe(false);
    });

    test('notices its own later commits as well as those of others', () => {
      const [a] = connections();
      const seen = a.keys('l');
      a.write({ label: 'l', key: 'k', value: bytes('v') });
      expect(a.commit([{ kind: 'keys', label: 'l', seen }], [], yes)).toBe('conflict');
    });

    test('locks nothing between a read and a commit', () => {
      const [a, b] = connections();
      const overlay = new Overlay(a);
      overlay.get('l', 'k');
      if (labels === 'apart') overlay.keys('l');
      overlay.write('l', 'mine', bytes('m'));
      expect(b.commit([], [{ label: 'other', key: 'other', value: bytes('v') }], yes)).toBe('committed');
      expect(overlay.commit(yes)).toBe('committed');
    });

    test('lets one of two events that drew the same free id win', () => {
      const [a, b] = connections();
      const [first, second] = [new Overlay(a), new Overlay(b)];
      for (const [event, name] of [
        [first, 'first'],
        [second, 'second'],
      ] as const) {
        expect(event.exists('default', '100001')).toBe(false);
        event.write('default', '100001', bytes(name));
      }
      expect(second.commit(yes)).toBe('committed');
      expect(first.commit(yes)).toBe('conflict');
      expect(a.get('default', '100001')).toEqual(bytes('second'));
    });
  });
}
