import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Overlay } from './overlay.ts';
import { openSqliteStore } from './sqlite.ts';
import type { Store } from './store.ts';

/** A step of one event: what it does next, by number of the event. */
type Step = { readonly event: number } & (
  | { readonly does: 'get' | 'exists' | 'delete'; readonly key: string }
  /** Writes what it has seen so far, so that a wrong read shows in the outcome. */
  | { readonly does: 'set'; readonly key: string }
  | { readonly does: 'keys' | 'commit' }
);

const EVENTS = 4;
const KEYS = ['a', 'b', 'c'];
const key = fc.constantFrom(...KEYS);
const event = fc.nat(EVENTS - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ event, does: fc.constantFrom('get', 'exists', 'delete', 'set'), key }),
  },
  { weight: 2, arbitrary: fc.record({ event, does: fc.constant('keys' as const) }) },
  { weight: 2, arbitrary: fc.record({ event, does: fc.constant('commit' as const) }) },
);

/** An event as a program: it sees things, and what it writes depends on all that it saw. */
function run(overlay: Overlay, seen: unknown[], does: Step): void {
  const label = 'default';
  switch (does.does) {
    case 'get': {
      const value = overlay.get(label, does.key);
      seen.push(value === undefined ? null : new TextDecoder().decode(value));
      return;
    }
    case 'exists':
      seen.push(overlay.exists(label, does.key));
      return;
    case 'keys':
      seen.push(overlay.keys(label).toSorted());
      return;
    case 'delete':
      overlay.write(label, does.key, undefined);
      return;
    case 'set':
      overlay.write(
        label,
        does.key,
        new TextEncoder().encode(JSON.stringify([does.event, seen.length, hash(seen)])),
      );
      return;
    case 'commit':
      throw new Error('a commit is no step of the program');
  }
}

function hash(value: unknown): number {
  return [...JSON.stringify(value)].reduce((sum, char) => (sum * 31 + (char.codePointAt(0) ?? 0)) | 0, 7);
}

function contents(store: Store): [string, string][] {
  return KEYS.flatMap((name) => {
    const value = store.get('default', name);
    return value === undefined ? [] : [[name, new TextDecoder().decode(value)] as [string, string]];
  });
}

interface Committed {
  readonly program: Step[];
  readonly seen: unknown[];
}

/** Runs the interleaved history; gives each committed event's program and what it saw, in commit order. */
function interleave(store: Store, history: readonly Step[]): Committed[] {
  const open = new Map<number, { overlay: Overlay; seen: unknown[]; program: Step[] }>();
  const committed: Committed[] = [];
  for (const next of [
    ...history,
    ...Array.from({ length: EVENTS }, (_, number): Step => ({ event: number, does: 'commit' })),
  ]) {
    const running = open.get(next.event) ?? { overlay: new Overlay(store), seen: [], program: [] };
    open.set(next.event, running);
    if (next.does !== 'commit') {
      running.program.push(next);
      run(running.overlay, running.seen, next);
      continue;
    }
    open.delete(next.event);
    if (running.overlay.commit(() => true) === 'committed') committed.push(running);
  }
  return committed;
}

/** What the events would see, and leave, if they ran one after the other in the order of their commits. */
function replay(committed: readonly Committed[], initial: readonly [string, string][]) {
  using store = openSqliteStore(':memory:', 'normal');
  fill(store, initial);
  const readers = committed.filter(({ program }) => !writes(program));
  // A reader changes nothing, so it may stand between any two writers, each on its own.
  const placed = new Set<Committed>();
  const placeReaders = (): void => {
    for (const reader of readers) if (same(view(store, reader), reader.seen)) placed.add(reader);
  };
  placeReaders();
  const astray: Committed[] = [];
  for (const writer of committed.filter(({ program }) => writes(program))) {
    const overlay = new Overlay(store);
    if (!same(view(store, writer, overlay), writer.seen)) astray.push(writer);
    overlay.commit(() => true);
    placeReaders();
  }
  return { end: contents(store), astray: [...astray, ...readers.filter((reader) => !placed.has(reader))] };
}

function view(store: Store, { program }: Committed, overlay = new Overlay(store)): unknown[] {
  const seen: unknown[] = [];
  for (const one of program) run(overlay, seen, one);
  return seen;
}

const writes = (program: readonly Step[]): boolean =>
  program.some(({ does }) => does === 'set' || does === 'delete');
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function fill(store: Store, initial: readonly [string, string][]): void {
  for (const [name, value] of initial)
    store.write({ label: 'default', key: name, value: new TextEncoder().encode(value) });
}

/**
 * Whatever events do at the same time, those that commit could have run one after the other.
 *
 * @param open gives an empty store each time
 */
export function isolationSuite(name: string, open: () => Store, numRuns: number): void {
  test(`${name}: whatever events do at the same time, those that commit could have run one after the other`, () => {
    let conflicts = 0;
    let histories = 0;
    const subset = fc.uniqueArray(key);
    const property = fc.property(
      fc.array(step, { minLength: 4, maxLength: 40 }),
      subset,
      (history, present) => {
        // One connection for all is as isolated as one each: what matters is when they read and commit.
        using store = open();
        const initial = present.map((one): [string, string] => [one, `initial ${one}`]);
        fill(store, initial);
        const committed = interleave(store, history);
        const commits = history.filter(({ does }) => does === 'commit').length + EVENTS;
        conflicts += commits - committed.length;
        histories++;
        expect(replay(committed, initial)).toEqual({ end: contents(store), astray: [] });
      },
    );
    fc.assert(property, { numRuns });
    // The histories are worth something only if some events did get in each other's way.
    expect(conflicts).toBeGreaterThan(histories / 10);
  });
}
