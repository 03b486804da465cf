import { setTimeout as delay } from 'node:timers/promises';
import type { OutgoingMessage } from '../../bindings/deferred.ts';
import type { ReceivedMessage } from '../../broker/subscriber.ts';
import type { UnitEvent } from '../../runtime/types.ts';
import type { TriggerHost, TriggerLog } from '../trigger.ts';
import { encodeDeadLetter } from './dead-letter.ts';
import { encodeFailedReply } from './failed-reply.ts';
import { Lanes } from './lanes.ts';
import { readMessage, type MessageFacts } from './message-facts.ts';
import { judge } from './verdict.ts';

const FIRST_PAUSE = 200;
/** The longest where nothing but waiting helps: no room in the unit, no connection for a dead letter. */
const LONGEST_PAUSE = 5_000;

type MessageEvent = Extract<UnitEvent, { kind: 'call' }>;

/** What a trigger needs of the app, whichever broker its messages come from. */
export interface MessageHost extends TriggerHost<UnitEvent> {
  /** Resolves once the broker has the message; rejects where that is not known. */
  readonly publish: (message: OutgoingMessage) => Promise<void>;
  /** Hands a caller its reply at the list where it waits; rejects where that is not known. */
  readonly reply: (address: string, list: string, payload: Uint8Array) => Promise<void>;
  /** Told each time that the broker has a subscription of the trigger. */
  readonly onSubscribed?: () => void;
}

export interface HandlerOptions extends MessageHost {
  readonly unit: string;
  /** For the log: `mqtt neworders`. */
  readonly name: string;
  /** The event for a message, without the id that it is for. */
  readonly event: (message: ReceivedMessage) => MessageEvent;
  /** Path of the member that tells a foreign message from others. */
  readonly claim: string;
  /** Further tries after the first. */
  readonly retries: number;
  /** A dead letter, but for its payload. */
  readonly deadLetter: Omit<OutgoingMessage, 'payload'>;
  /** Events at once, and messages at hand before `onFull`. */
  readonly limit: number;
  /** Whether the broker keeps what is not acknowledged; else it is lost where nobody finishes it. */
  readonly kept: boolean;
  /** Before the first further try, ms, doubled for each after it; 200 unless a test has less time. */
  readonly firstPause?: number;
  /** Told when the messages at hand reach the limit, and when they no longer do. */
  readonly onFull: (full: boolean) => void;
}

/** What has become of a trigger's messages so far. */
export interface MessageCounts {
  /** At hand: waiting, running, or to be tried again. */
  readonly held: number;
  readonly handled: number;
  /** With an id that was handled before: nothing was run. */
  readonly repeated: number;
  /** Further tries. */
  readonly retried: number;
  /** Dead letters. */
  readonly dead: number;
}

interface Item {
  readonly message: ReceivedMessage;
  readonly facts: MessageFacts;
  attempts: number;
}

/**
 * Hands messages to a unit. Those of one topic are handled one after the other, in their order, but for those
 * whose caller waits: that one keeps its order itself. A message that fails is tried again aside, after a pause,
 * while those behind it go on, and in the end becomes a dead letter. One whose caller waits is not tried again:
 * the caller is told at once, as it would be by a linked provider. A message is acknowledged when its event has
 * committed or its dead letter is with the broker, never before.
 */
export class MessageHandler {
  readonly #options: HandlerOptions;
  readonly #firstPause: number;
  readonly #lanes: Lanes<Item>;
  /** Messages that wait for their next try. */
  readonly #aside = new Map<Item, NodeJS.Timeout>();
  readonly #stopping = new AbortController();
  readonly #counts = { held: 0, handled: 0, repeated: 0, retried: 0, dead: 0 };
  #heldBytes = 0;
  #full = false;
  /** Set while the app stops: nothing pauses before its next try. */
  #hurried = false;
  #idle: (() => void) | undefined;

  constructor(options: HandlerOptions) {
    this.#options = options;
    this.#firstPause = options.firstPause ?? FIRST_PAUSE;
    this.#lanes = new Lanes(options.limit, (item) => this.#attempt(item));
  }

  get counts(): MessageCounts {
    return { ...this.#counts };
  }

  /** Of the payloads at hand. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  take(message: ReceivedMessage): void {
    // A wildcard may cover its own dead letters; those have been given up.
    if (message.topic === this.#options.deadLetter.topic) return message.acknowledge();
    const item = this.#hold(message);
    this.#lanes.add(item, item.facts.asked ? undefined : message.topic);
  }

  /** Gives a message up without a try. */
  async refuse(message: ReceivedMessage, reason: string): Promise<void> {
    await this.#bury(this.#hold(message), reason);
  }

  /**
   * Ends; nothing may be handed in any more. What runs has `ms` to finish. What has not started is left to a broker
   * that keeps it; else it is handled too, as far as there is time, and the rest becomes dead letters.
   */
  async drain(ms: number): Promise<void> {
    const { kept } = this.#options;
    this.#hurried = true;
    if (kept) this.#leaveWaiting();
    else for (const item of this.#takeAside()) this.#again(item);
    const late = Promise.withResolvers<void>();
    const end = setTimeout(late.resolve, ms);
    await Promise.race([this.#empty(), late.promise]);
    clearTimeout(end);
    this.#stopping.abort();
    if (kept) return;
    const rest = [...this.#lanes.clear(), ...this.#takeAside()];
    await Promise.all(rest.map((item) => this.#bury(item, 'the app stopped before it was handled')));
  }

  #hold(message: ReceivedMessage): Item {
    this.#counts.held++;
    this.#heldBytes += message.payload.length;
    this.#tellFull();
    return { message, facts: readMessage(message.payload, this.#options.claim), attempts: 0 };
  }

  #letGo(item: Item): void {
    this.#counts.held--;
    this.#heldBytes -= item.message.payload.length;
    this.#tellFull();
    if (this.#counts.held === 0) this.#idle?.();
  }

  #tellFull(): void {
    const full = this.#counts.held >= this.#options.limit;
    if (full === this.#full) return;
    this.#full = full;
    this.#options.onFull(full);
  }

  /** One try of a message, in its lane. Never rejects. */
  async #attempt(item: Item): Promise<void> {
    const { unit, retries, kept, dispatch } = this.#options;
    for (let waits = 0; ; waits++) {
      const outcome = await dispatch(unit, this.#eventFor(item));
      const verdict = judge(outcome);
      if (verdict.kind === 'done') {
        this.#counts[verdict.repeated ? 'repeated' : 'handled']++;
        item.message.acknowledge();
        return this.#letGo(item);
      }
      const { reason } = verdict;
      if (verdict.kind !== 'wait') item.attempts++;
      if (verdict.kind === 'malformed') return this.#bury(item, reason);
      if (isLate(item)) return this.#bury(item, `${reason}; its caller waits no more`);
      if (this.#stopping.signal.aborted) {
        return kept ? this.#letGo(item) : this.#bury(item, `${reason}; the app stops`);
      }
      if (verdict.kind === 'failed') {
        const last = item.facts.asked || item.attempts > retries;
        return last ? this.#bury(item, reason) : this.#putAside(item, reason);
      }
      // Those behind it would fare no better, so it stays in its place.
      if (waits === 0) this.#say(outcome.kind === 'overloaded' ? 'debug' : 'warn', item, `waits: ${reason}`);
      await this.#pause(waits);
    }
  }

  #eventFor({ message, facts: { id, asked } }: Item): MessageEvent {
    const { unit, event } = this.#options;
    // Units share an inbox, and each has its own part in a message.
    return {
      ...event(message),
      ...(id !== undefined && { once: `${unit} ${message.topic} ${id}` }),
      ...(asked && { awaited: true }),
    };
  }

  #putAside(item: Item, reason: string): void {
    const pause = this.#hurried ? 0 : this.#firstPause * 2 ** (item.attempts - 1);
    const tries = `try ${item.attempts} of ${1 + this.#options.retries}`;
    this.#say('warn', item, `failed: ${reason} (${tries}; the next in ${pause} ms)`);
    const timer = setTimeout(() => this.#again(item), pause);
    timer.unref();
    this.#aside.set(item, timer);
  }

  #again(item: Item): void {
    this.#aside.delete(item);
    this.#counts.retried++;
    this.#lanes.add(item);
  }

  /** Makes a message a dead letter, however long the broker takes; a stopping app makes one try. Never rejects. */
  async #bury(item: Item, reason: string): Promise<void> {
    const { deadLetter, publish, kept } = this.#options;
    const { message, facts, attempts } = item;
    const { payload, topic } = message;
    void this.#tellCaller(item, reason);
    const letter = { payload, json: facts.json, reason, attempts, topic, time: Date.now() };
    for (let tries = 0; ; tries++) {
      try {
        await publish({ ...deadLetter, payload: encodeDeadLetter(letter) });
        break;
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        if (this.#stopping.signal.aborted) {
          if (!kept) this.#say('error', item, `is lost: ${reason}; no dead letter could be sent: ${why}`);
          return this.#letGo(item);
        }
        if (tries === 0) this.#say('warn', item, `cannot be sent to ${deadLetter.topic} yet: ${why}`);
        await this.#pause(tries);
      }
    }
    this.#counts.dead++;
    this.#say('error', item, `given up, now on ${deadLetter.topic}: ${reason}`);
    message.acknowledge();
    this.#letGo(item);
  }

  /**
   * Tries once: a caller that is not told waits until its deadline, and no longer. What has not been run may be
   * another replica's. Never rejects.
   */
  async #tellCaller(item: Item, reason: string): Promise<void> {
    const { reply, deadLetter } = this.#options;
    const { caller } = item.facts;
    if (!caller || item.attempts === 0 || isLate(item)) return;
    try {
      await reply(deadLetter.address, caller.list, encodeFailedReply(caller.id, reason));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#say('debug', item, `failed, and its caller could not be told: ${why}`);
    }
  }

  /** Ends early when the app stops. */
  async #pause(before: number): Promise<void> {
    const ms = Math.min(this.#firstPause * 2 ** before, LONGEST_PAUSE);
    await delay(ms, undefined, { ref: false, signal: this.#stopping.signal }).catch(() => {});
  }

  #leaveWaiting(): void {
    this.#stopping.abort();
    for (const item of [...this.#lanes.clear(), ...this.#takeAside()]) this.#letGo(item);
  }

  #takeAside(): Item[] {
    const items = [...this.#aside.keys()];
    for (const timer of this.#aside.values()) clearTimeout(timer);
    this.#aside.clear();
    return items;
  }

  async #empty(): Promise<void> {
    if (this.#counts.held === 0) return;
    await new Promise<void>((resolve) => (this.#idle = resolve));
  }

  #say(level: TriggerLog['level'], { facts, message }: Item, text: string): void {
    const { name, unit, log } = this.#options;
    const which =
      facts.id === undefined ? `a message of ${message.payload.length} bytes` : `message ${facts.id}`;
    const where = name.endsWith(` ${message.topic}`) ? name : `${name} (${message.topic})`;
    log({ level, unit, message: `${where}: ${which} ${text}` });
  }
}

function isLate({ facts: { asked, deadline } }: Item): boolean {
  return asked && deadline !== undefined && deadline < Date.now();
}
