import type { Binding, CommitOutcome, EventContext } from '../../src/bindings/binding.ts';
import { COMMITTING, tryClaim } from '../../src/bindings/claim.ts';

/** What the double shares with its test: a store of one number, and counters, in shared memory. */
export interface DoubleConfig {
  readonly shared: Int32Array;
}

/** Where what stands in the shared memory. */
export const CELL = {
  stored: 0,
  begun: 1,
  committed: 2,
  aborted: 3,
  conflicts: 4,
  outside: 5,
  blockCommit: 6,
  openHandles: 7,
  waiting: 8,
} as const;

export function newShared(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4 * 16));
}

/**
 * A store of one number with the life of a real binding: written at commit, dropped at abort. `conflicts` counts
 * down at each commit that then conflicts; `blockCommit` makes a commit wait, once claimed, until it is 0.
 */
export function createBindings({ shared }: DoubleConfig): readonly Binding[] {
  let written: number | undefined;

  class Thing {
    static open(): Thing {
      Atomics.add(shared, CELL.openHandles, 1);
      return new Thing();
    }
    [Symbol.dispose](): void {
      Atomics.sub(shared, CELL.openHandles, 1);
    }
  }

  return [
    {
      imports: {
        'test:host/things@1.2.0': {
          Thing,
          write(value: number) {
            written = value;
          },
          /** Blocks until the test sets `waiting` back to 0. */
          wait(value: number) {
            Atomics.store(shared, CELL.waiting, value);
            Atomics.wait(shared, CELL.waiting, value);
          },
          die() {
            process.exit(3);
          },
        },
      },
      repeats: ({ once }) => once === 'known',
      begin() {
        written = undefined;
        Atomics.add(shared, CELL.begun, 1);
      },
      commit(event: EventContext): CommitOutcome {
        if (Atomics.load(shared, CELL.conflicts) > 0) {
          Atomics.sub(shared, CELL.conflicts, 1);
          return { kind: 'conflict' };
        }
        if (event.once === 'overtaken') return { kind: 'repeated' };
        if (!tryClaim(event.claim, COMMITTING)) return { kind: 'late' };
        Atomics.wait(shared, CELL.blockCommit, 1);
        if (written !== undefined) Atomics.store(shared, CELL.stored, written);
        Atomics.add(shared, CELL.committed, 1);
        return { kind: 'committed' };
      },
      abort() {
        written = undefined;
        Atomics.add(shared, CELL.aborted, 1);
      },
      hasOutsideEffect: () => Atomics.load(shared, CELL.outside) > 0,
    },
  ];
}
