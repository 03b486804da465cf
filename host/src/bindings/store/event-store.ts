import { problem, TenonError } from '../../diagnostics/error.ts';
import type { Binding, CommitOutcome, EventContext } from '../binding.ts';
import { COMMITTING, LATE, tryClaim } from '../claim.ts';
import type { DeferredRoute } from '../config.ts';
import type { Deferred, OutgoingMessage } from '../deferred.ts';
import { overtaken } from '../overtaken.ts';
import type { OpenStores } from './open.ts';
import { MAX_KEPT, Overlay } from './overlay.ts';
import type { Beside, StoreOutcome } from './store.ts';

/** One label's store, as the event sees it. */
export interface StoreAccess {
  get(key: string): Uint8Array | undefined;
  exists(key: string): boolean;
  keys(): string[];
  write(key: string, value: Uint8Array | undefined): void;
}

/** What bindings share of an event: what it has written, sent and read so far, and the one commit of it all. */
export interface EventStore extends Binding {
  /** The store of a label, undefined if there is none. */
  access(label: string): StoreAccess | undefined;
  /**
   * To be called before an effect that cannot be taken back: commits what the event has written and sent so far.
   * What follows is a new transaction.
   *
   * @throws TenonError `bindings/overtaken`, which runs the event again, unless it had an effect before; then
   *   it returns false, and the effect must not happen
   */
  beforeEffect(): boolean;
  readonly deferred: Deferred;
}

export interface EventStoreOptions {
  /** The unit's name: two units may each handle one message. */
  readonly unit: string;
  readonly stores: OpenStores;
  /** Which messages wait for the commit. */
  readonly sends: readonly DeferredRoute[];
  /** Called after a commit that has put something into the outbox. */
  readonly wakeSender: () => void;
  /** Called after a commit with the messages that are kept in memory only, if there are any. */
  readonly sendNow: (messages: readonly OutgoingMessage[]) => void;
}

/**
 * The event's state over the stores of its unit: an overlay for all that is atomic, the messages that leave
 * after the commit, and the id under which it is done once. All of it is committed in one transaction, together
 * with a check of all that the event read (overlay.ts), or dropped.
 */
export function createEventStore(options: EventStoreOptions): EventStore {
  const { unit, stores, wakeSender, sendNow } = options;
  const routes = new Map(options.sends.map((route) => [routeKey(route), route]));
  let event: EventContext | undefined;
  let overlay = stores.atomic && new Overlay(stores.atomic);
  let outgoing: OutgoingMessage[] = [];
  let fromMemory: OutgoingMessage[] = [];
  /** Bytes of messages that wait. */
  let waiting = 0;
  /** Something has left the event: a write to a store that is not atomic, a commit before its end. */
  let effect = false;
  let overtakenRun = false;

  function reset(): void {
    if (!overlay?.isEmpty) overlay = stores.atomic && new Overlay(stores.atomic);
    if (waiting === 0) return;
    outgoing = [];
    fromMemory = [];
    waiting = 0;
  }

  /** Commits what there is so far, and lets the messages go. */
  function commitAll(once: string | undefined, claim: () => boolean): StoreOutcome {
    const beside = once === undefined && outgoing.length === 0 ? undefined : { messages: outgoing, once };
    const outcome = guarded(() => commitTo(beside, claim));
    if (outcome !== 'committed') return outcome;
    if (outgoing.length > 0) wakeSender();
    if (fromMemory.length > 0) sendNow(fromMemory);
    reset();
    return outcome;
  }

  function commitTo(beside: Beside | undefined, claim: () => boolean): StoreOutcome {
    if (overlay) return overlay.commit(claim, beside);
    if (beside) return stores.ledger().commit([], [], claim, beside);
    return claim() ? 'committed' : 'late';
  }

  return {
    imports: {},
    access(label) {
      const atomic = stores.atomicLabels.get(label);
      if (atomic !== undefined) return atomicAccess(atomic, () => overlay as Overlay);
      const direct = stores.direct.get(label);
      if (!direct) return undefined;
      const { store, space } = direct;
      return {
        get: (key) => store.get(space, key),
        exists: (key) => store.exists(space, key),
        keys: () => store.keys(space).keys.slice(),
        write(key, value) {
          effect = true;
          store.write({ label: space, key, value });
        },
      };
    },
    repeats({ once }) {
      stores.trouble.message = undefined;
      return once !== undefined && guarded(() => stores.ledger().hasCommitted(idOf(once)));
    },
    begin(context) {
      event = context;
      effect = false;
      overtakenRun = false;
      stores.trouble.message = undefined;
      reset();
    },
    unavailable: () => stores.trouble.message,
    commit(context): CommitOutcome {
      const once = context.once === undefined ? undefined : idOf(context.once);
      return { kind: commitAll(once, () => mayCommit(context)) };
    },
    abort: reset,
    hasOutsideEffect: () => effect,
    // What an event makes of reads that do not fit together, such as a trap, is no answer either.
    overtaken: () => overtakenRun || (!effect && overlay !== undefined && !holds(overlay)),
    beforeEffect() {
      // Without a claim: the event goes on, and its deadline still holds for what follows. And without its id,
      // which stands for all of it.
      const outcome = commitAll(undefined, () => !event || Atomics.load(event.claim, 0) !== LATE);
      if (outcome === 'late') throw problem('bindings/deadline', 'the deadline of the event has passed');
      if (outcome === 'conflict') {
        if (effect) return false;
        overtakenRun = true;
        throw overtaken();
      }
      effect = true;
      return true;
    },
    deferred: {
      add(message) {
        const route = routes.get(routeKey(message));
        if (!route) return false;
        waiting += message.payload.length + message.topic.length + MESSAGE;
        if (waiting > MAX_KEPT) throw new Error(`one event may send ${MAX_KEPT} bytes at most`);
        const { delivery, variable } = route;
        (delivery === 'outbox' ? outgoing : fromMemory).push(
          variable === undefined ? message : { ...message, address: variable },
        );
        return true;
      },
    },
    [Symbol.dispose]: () => stores[Symbol.dispose](),
  };

  function idOf(once: string): string {
    return `${unit}/${once}`;
  }
}

/** What a message costs beside its payload and topic. */
const MESSAGE = 64;

function routeKey({ kind, address, topic }: Pick<DeferredRoute, 'kind' | 'address' | 'topic'>): string {
  return `${kind} ${address} ${topic}`;
}

/** Claims the event for its commit, unless its deadline was first. */
function mayCommit(event: EventContext): boolean {
  if (Atomics.load(event.claim, 0) === COMMITTING) return true;
  return Date.now() < event.deadline && tryClaim(event.claim, COMMITTING);
}

function guarded<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof TenonError) throw error;
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

function atomicAccess(label: string, overlay: () => Overlay): StoreAccess {
  return {
    get: (key) => overlay().get(label, key),
    exists: (key) => overlay().exists(label, key),
    keys: () => overlay().keys(label),
    write: (key, value) => overlay().write(label, key, value),
  };
}
