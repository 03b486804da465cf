import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LATE, tryClaim } from '../bindings/claim.ts';
import type { BindingsConfig } from '../bindings/config.ts';
import { problem } from '../diagnostics/error.ts';
import type { FreshMode, OwnSetup, WorkerSetup } from './messages.ts';
import type { PreparedUnit } from './prepare.ts';
import { trapPlace } from './trap-place.ts';
import {
  addCounts,
  NO_COUNTS,
  type EventOutcome,
  type LogEntry,
  type UnitEvent,
  type UnitHost,
  type UnitStats,
} from './types.ts';
import { isAwaited, WaitingEvents } from './waiting-events.ts';
import { startUnitWorker, type UnitWorker } from './unit-worker.ts';

/** Loaded by workers only; beside this room's files, whether as source or compiled. */
const BINDINGS = new URL(
  import.meta.url.endsWith('.ts') ? '../bindings/create.ts' : '../bindings/create.js',
  import.meta.url,
).href;

/** An event that waits this long while all workers are busy at least as long calls for a substitute. */
const PATIENCE_MS = 50;
/** How long a commit that began before the deadline may take after it. */
const COMMIT_GRACE_MS = 5_000;
const STOP_GRACE_MS = 1_000;
const DRAIN_MS = 10_000;
/**
 * Workers beyond all others for events that other events wait for. Each of those has a worker of its own, so they
 * are no more than the app's units have workers and substitutes, times how deep calls go.
 */
const MAX_FOR_AWAITED = 32;
/** So many workers in a row that do not start mean that no further one will. */
const MAX_FAILED_STARTS = 3;

export interface UnitHostOptions {
  /** The unit's name, for logs. */
  readonly name: string;
  readonly prepared: PreparedUnit;
  /** Worker threads, each running one event at a time. */
  readonly workers: number;
  /** Events that may wait, per worker, before `overloaded` is answered. */
  readonly inFlight: number;
  /** From dispatch to answer, waiting included, ms. */
  readonly deadlineMs: number;
  /** `shared` keeps state from event to event. */
  readonly instance: 'fresh' | 'shared';
  /** `auto` unless a test or benchmark wants a new instance for each event. */
  readonly fresh?: FreshMode;
  /** Workers that may be added while others are blocked; as many as `workers` by default, at least 2. */
  readonly substitutes?: number;
  /** `false` keeps the glue's own bookkeeping, to compare against. */
  readonly fastIntrinsics?: boolean;
  /** What bindings/create.ts makes the unit's imports from; a test may name a module of its own (URL). */
  readonly bindings:
    | { readonly config: BindingsConfig }
    | { readonly module: string; readonly config: unknown };
  readonly log: (entry: LogEntry) => void;
}

interface Pending {
  readonly id: number;
  readonly event: UnitEvent;
  readonly deadline: number;
  readonly queuedAt: number;
  readonly settle: (outcome: EventOutcome) => void;
  timer: NodeJS.Timeout | undefined;
  slot: Slot | undefined;
}

interface Slot {
  readonly worker: UnitWorker;
  /** starting → idle ⇄ busy; gone once terminated or dead. */
  state: 'starting' | 'idle' | 'busy' | 'gone';
  current: Pending | undefined;
  since: number;
}

/**
 * Starts a unit's workers and waits until each can run events.
 *
 * @throws TenonError `runtime/start-failed`
 */
export async function createUnitHost(options: UnitHostOptions): Promise<UnitHost> {
  const pool = new Pool(options, await workerSetup(options));
  try {
    await pool.start();
  } catch (error) {
    await pool.close({ drainMs: 0 });
    const reason = error instanceof Error ? error.message : String(error);
    throw problem('runtime/start-failed', `unit ${options.name} does not start: ${reason}`, {
      where: options.name,
      cause: error,
    });
  }
  return pool;
}

/** Core modules are compiled here, once, and handed to every worker. */
async function workerSetup(options: UnitHostOptions): Promise<Omit<WorkerSetup, OwnSetup>> {
  const { prepared, bindings } = options;
  const modules = await Promise.all(
    prepared.modules.map(async (name) => {
      const bytes = await readFile(join(prepared.directory, name));
      return [name, await WebAssembly.compile(bytes)] as const;
    }),
  );
  return {
    unit: options.name,
    glue: prepared.glue,
    modules: new Map(modules),
    imports: prepared.imports,
    fastIntrinsics: prepared.intrinsics === 'fast' && options.fastIntrinsics !== false,
    resettable:
      options.fresh !== 'instantiate' && options.instance === 'fresh' && prepared.resetObstacles.length === 0,
    shared: options.instance === 'shared',
    bindingsModule: 'module' in bindings ? bindings.module : BINDINGS,
    bindingsConfig: bindings.config,
  };
}

class Pool implements UnitHost {
  readonly #options: UnitHostOptions;
  readonly #setup: Omit<WorkerSetup, OwnSetup>;
  readonly #slots = new Set<Slot>();
  readonly #queue = new WaitingEvents<Pending>();
  /** Events that run and are awaited by no other: workers that awaited ones need are not for them. */
  #others = 0;
  #closing = false;
  #nextId = 1;
  #failedStarts = 0;
  #patience: NodeJS.Timeout | undefined;
  /** Settled by the last event while the pool closes. */
  #drained: (() => void) | undefined;
  readonly #counts = {
    events: 0,
    traps: 0,
    deadlines: 0,
    conflicts: 0,
    overloaded: 0,
    replacements: 0,
    substitutes: 0,
  };
  /** Of workers that are gone. */
  #pastInstances = NO_COUNTS;

  constructor(options: UnitHostOptions, setup: Omit<WorkerSetup, OwnSetup>) {
    this.#options = options;
    this.#setup = setup;
  }

  async start(): Promise<void> {
    const slots = Array.from({ length: this.#options.workers }, () => this.#addSlot());
    await Promise.all(slots.map((slot) => slot.worker.ready));
  }

  dispatch(event: UnitEvent): Promise<EventOutcome> {
    const { workers, inFlight, deadlineMs } = this.#options;
    if (this.#closing || this.#queue.length >= workers * inFlight) {
      this.#counts.overloaded++;
      return Promise.resolve({ kind: 'overloaded' });
    }
    return new Promise((resolve) => {
      const now = Date.now();
      const pending: Pending = {
        id: this.#nextId++,
        event,
        deadline: now + deadlineMs,
        queuedAt: now,
        settle: resolve,
        timer: undefined,
        slot: undefined,
      };
      pending.timer = setTimeout(() => this.#late(pending), deadlineMs);
      this.#counts.events++;
      this.#queue.add(pending);
      this.#assign();
    });
  }

  stats(): UnitStats {
    const slots = [...this.#slots];
    const instances = slots.map((slot) => slot.worker.counts()).reduce(addCounts, this.#pastInstances);
    const busy = slots.filter((slot) => slot.state === 'busy').length;
    return { ...this.#counts, ...instances, workers: slots.length, busy, queued: this.#queue.length };
  }

  async close(options: { readonly drainMs?: number } = {}): Promise<void> {
    this.#closing = true;
    if (this.#queue.length > 0 || [...this.#slots].some((slot) => slot.current)) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
        setTimeout(resolve, options.drainMs ?? DRAIN_MS).unref();
      });
    }
    clearTimeout(this.#patience);
    for (const pending of this.#queue.takeAll()) this.#settle(pending, { kind: 'overloaded' });
    const slots = [...this.#slots];
    await Promise.all(
      slots.map(async (slot) => {
        const { current } = slot;
        if (current) {
          this.#end(slot);
          this.#settle(current, { kind: 'deadline' });
          await slot.worker.terminate();
        } else {
          this.#forget(slot);
          await slot.worker.stop(STOP_GRACE_MS);
        }
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #addSlot(): Slot {
    const slot: Slot = {
      worker: startUnitWorker(this.#setup, {
        ended: (outcome) => this.#ended(slot, outcome),
        log: this.#options.log,
        died: (reason) => this.#died(slot, reason),
      }),
      state: 'starting',
      current: undefined,
      since: Date.now(),
    };
    this.#slots.add(slot);
    void this.#whenReady(slot);
    return slot;
  }

  async #whenReady(slot: Slot): Promise<void> {
    try {
      await slot.worker.ready;
    } catch {
      // Handled where the worker's end is reported.
      return;
    }
    if (slot.state !== 'starting') return;
    this.#failedStarts = 0;
    this.#free(slot);
  }

  #free(slot: Slot): void {
    slot.state = 'idle';
    slot.since = Date.now();
    this.#assign();
    // A substitute has done its part once nobody waits.
    if (slot.state === 'idle' && this.#slots.size > this.#options.workers) {
      this.#forget(slot);
      void slot.worker.stop(STOP_GRACE_MS);
    }
  }

  #assign(): void {
    for (const slot of this.#slots) {
      if (this.#queue.length === 0) return;
      if (slot.state !== 'idle') continue;
      const pending = this.#queue.take(this.#others < this.#bound);
      if (!pending) break;
      if (!isAwaited(pending.event)) this.#others++;
      slot.state = 'busy';
      slot.since = Date.now();
      slot.current = pending;
      pending.slot = slot;
      slot.worker.run(pending.id, pending.event, pending.deadline, this.#queue.length === 0);
    }
    if (this.#queue.length === 0) return;
    // None is left where none started, lately: try again for this event.
    if (this.#slots.size === 0) this.#replace();
    this.#watchQueue();
  }

  /** Workers for events that nobody in the app waits for. */
  get #bound(): number {
    const { workers, substitutes = Math.max(2, workers) } = this.#options;
    return workers + substitutes;
  }

  /** Adds a substitute where the first in the queue has waited long and no worker is about to be free. */
  #watchQueue(): void {
    this.#patience ??= setTimeout(() => {
      this.#patience = undefined;
      const first = this.#queue.first();
      if (!first || this.#closing) return;
      const limit = Date.now() - PATIENCE_MS;
      const stuck = [...this.#slots].every((slot) => slot.state === 'busy' && slot.since <= limit);
      if (stuck && first.queuedAt <= limit) this.#substitute();
      this.#watchQueue();
    }, PATIENCE_MS);
  }

  #substitute(): void {
    const { awaited } = this.#queue;
    const bound = this.#bound + (awaited > 0 ? MAX_FOR_AWAITED : 0);
    // Those that are awaited hold up others, which may hold up others again.
    for (let more = Math.max(1, awaited); more > 0 && this.#slots.size < bound; more--) {
      this.#counts.substitutes++;
      this.#addSlot();
    }
  }

  #ended(slot: Slot, outcome: EventOutcome): void {
    const { current } = slot;
    if (!current) return;
    this.#clear(slot);
    this.#settle(current, outcome);
    this.#free(slot);
  }

  #died(slot: Slot, reason: string): void {
    const { current } = slot;
    if (slot.state === 'starting') this.#failedStarts++;
    this.#end(slot);
    if (current) this.#settle(current, { kind: 'trap', message: `the worker died: ${reason}` });
    else this.#log('error', `a worker died: ${reason}`);
    if (this.#closing) return;
    if (this.#failedStarts < MAX_FAILED_STARTS) this.#replace();
    else if (this.#slots.size === 0) {
      for (const pending of this.#queue.takeAll())
        this.#settle(pending, { kind: 'trap', message: `no worker starts: ${reason}` });
    }
  }

  #late(pending: Pending): void {
    const { slot } = pending;
    if (!slot) {
      this.#queue.remove(pending);
      this.#settle(pending, { kind: 'deadline' });
      return;
    }
    if (tryClaim(slot.worker.claim, LATE)) {
      this.#abandon(slot, pending, { kind: 'deadline' });
      return;
    }
    // It commits, or has its answer on the way: that is what counts.
    pending.timer = setTimeout(() => {
      this.#abandon(slot, pending, {
        kind: 'trap',
        message: 'the commit did not end: whether it was written is not known',
      });
    }, COMMIT_GRACE_MS);
  }

  #abandon(slot: Slot, pending: Pending, outcome: EventOutcome): void {
    this.#end(slot);
    this.#settle(pending, outcome);
    void slot.worker.terminate();
    if (!this.#closing) this.#replace();
  }

  #replace(): void {
    if (this.#slots.size >= this.#options.workers) return;
    this.#counts.replacements++;
    this.#addSlot();
  }

  #clear(slot: Slot): void {
    if (slot.current && !isAwaited(slot.current.event)) this.#others--;
    slot.current = undefined;
  }

  #end(slot: Slot): void {
    this.#clear(slot);
    this.#forget(slot);
  }

  #forget(slot: Slot): void {
    slot.state = 'gone';
    if (!this.#slots.delete(slot)) return;
    this.#pastInstances = addCounts(this.#pastInstances, slot.worker.counts());
  }

  #settle(pending: Pending, outcome: EventOutcome): void {
    clearTimeout(pending.timer);
    switch (outcome.kind) {
      case 'trap':
        this.#counts.traps++;
        this.#log('error', `trap: ${outcome.message}${trapPlace(outcome.stack)}`, outcome.stack);
        break;
      case 'deadline':
        this.#counts.deadlines++;
        this.#log('error', `an event was not done within ${this.#options.deadlineMs} ms`);
        break;
      case 'conflict':
        this.#counts.conflicts++;
        this.#log('warn', 'an event was overtaken by others each time it ran');
        break;
      default:
    }
    pending.settle(outcome);
    if (this.#drained && this.#queue.length === 0 && ![...this.#slots].some((slot) => slot.current))
      this.#drained();
  }

  #log(level: LogEntry['level'], message: string, stack?: string): void {
    this.#options.log({ level, unit: this.#options.name, message, ...(stack !== undefined && { stack }) });
  }
}
