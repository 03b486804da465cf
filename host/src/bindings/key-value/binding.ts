import { problem } from '../../diagnostics/error.ts';
import type { Grant } from '../../plan/types.ts';
import type { Binding, CommitOutcome, EventContext } from '../binding.ts';
import { COMMITTING, LATE, tryClaim } from '../claim.ts';
import { overtaken } from '../overtaken.ts';
import { type OpenStores } from '../store/open.ts';
import { Overlay } from '../store/overlay.ts';
import { createStoreClass, KeyValueError, type KeyValueAccess } from './store-class.ts';

export const KEY_VALUE = 'fermyon:spin/key-value@2.0.0';

/** The binding, and what others need of it. */
export interface KeyValueBinding extends Binding {
  /**
   * To be called before an effect that cannot be taken back: commits what the event has written so far. What
   * follows is a new transaction.
   *
   * @throws TenonError `bindings/overtaken`, which runs the event again, unless it had an effect before; then
   *   it returns false, and the effect must not happen
   */
  beforeEffect(): boolean;
}

/**
 * `fermyon:spin/key-value` with atomic events: what an event writes waits in an overlay and is committed
 * together with a check of all that the event read (store/overlay.ts).
 */
export function createKeyValueBinding(grants: readonly Grant[], stores: OpenStores): KeyValueBinding {
  const granted = new Set(grants.flatMap((grant) => (grant.kind === 'key-value' ? [grant.label] : [])));
  let event: EventContext | undefined;
  let overlay = stores.atomic && new Overlay(stores.atomic);
  /** Something has left the event: a write to a store that is not atomic, a commit before its end. */
  let effect = false;
  let overtakenRun = false;

  const reset = (): void => {
    if (!overlay?.isEmpty) overlay = stores.atomic && new Overlay(stores.atomic);
  };

  const access = (label: string): KeyValueAccess | undefined => {
    if (!granted.has(label)) throw new KeyValueError({ tag: 'access-denied' });
    if (stores.atomicLabels.has(label)) return atomicAccess(label, () => overlay as Overlay);
    const store = stores.direct.get(label);
    if (!store) return undefined;
    return {
      get: (key) => store.get(label, key),
      exists: (key) => store.exists(label, key),
      keys: () => store.keys(label).keys.slice(),
      write(key, value) {
        effect = true;
        store.write({ label, key, value });
      },
    };
  };
  const { Store, open } = createStoreClass(access);

  return {
    imports: { [KEY_VALUE]: { Store } },
    begin(context) {
      event = context;
      effect = false;
      overtakenRun = false;
      reset();
    },
    commit(context): CommitOutcome {
      const outcome = commitOverlay(overlay, () => mayCommit(context));
      if (outcome === 'committed') reset();
      return { kind: outcome };
    },
    abort: reset,
    hasOutsideEffect: () => effect,
    // What an event makes of reads that do not fit together, such as a trap, is no answer either.
    overtaken: () => overtakenRun || (!effect && overlay !== undefined && !holds(overlay)),
    liveHandles: open,
    beforeEffect() {
      // Without a claim: the event goes on, and its deadline still holds for what follows.
      const outcome = commitOverlay(overlay, () => !event || Atomics.load(event.claim, 0) !== LATE);
      if (outcome === 'late') throw problem('bindings/deadline', 'the deadline of the event has passed');
      if (outcome === 'conflict') {
        if (effect) return false;
        overtakenRun = true;
        throw overtaken();
      }
      effect = true;
      reset();
      return true;
    },
    [Symbol.dispose]: () => stores[Symbol.dispose](),
  };
}

/** Claims the event for its commit, unless its deadline was first. */
function mayCommit(event: EventContext): boolean {
  if (Atomics.load(event.claim, 0) === COMMITTING) return true;
  return Date.now() < event.deadline && tryClaim(event.claim, COMMITTING);
}

function commitOverlay(overlay: Overlay | undefined, claim: () => boolean): CommitOutcome['kind'] {
  if (!overlay) return claim() ? 'committed' : 'late';
  try {
    return overlay.commit(claim);
  } catch (error) {
    throw problem('bindings/store-failed', `the store refused the commit: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function holds(overlay: Overlay): boolean {
  try {
    return overlay.holds();
  } catch {
    // The database fails: that is what the event failed of, and it would again.
    return true;
  }
}

function atomicAccess(label: string, overlay: () => Overlay): KeyValueAccess {
  return {
    get: (key) => overlay().get(label, key),
    exists: (key) => overlay().exists(label, key),
    keys: () => overlay().keys(label),
    write: (key, value) => overlay().write(label, key, value),
  };
}
