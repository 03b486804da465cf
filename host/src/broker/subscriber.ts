/** A message as a broker delivered it. */
export interface ReceivedMessage {
  /** Topic or channel that it was published to. */
  readonly topic: string;
  readonly payload: Uint8Array;
  /**
   * Tells the broker that the message is done with. Where the connection that brought it is gone and its session
   * with it, nothing can be told any more, and the broker delivers the message again.
   */
  acknowledge(): void;
}

export interface SubscriberOptions {
  /** Without query: `mqtt://user:secret@127.0.0.1:1883`. */
  readonly address: string;
  /** A topic, for MQTT with wildcards, or a channel. */
  readonly topic: string;
  readonly onMessage: (message: ReceivedMessage) => void;
  /** Told of each change of the connection, in words for the log. */
  readonly onState: (state: SubscriberState) => void;
}

export type SubscriberState =
  | { readonly kind: 'subscribed' }
  /** The connection is gone, or none could be made; it is tried again. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** The broker refuses the subscription; it is tried again with the next connection. */
  | { readonly kind: 'refused'; readonly reason: string };

/** A subscription that is kept up: whatever ends the connection, it is made again. */
export interface Subscriber {
  /** Resolves at the first state: subscribed, or why not yet. */
  readonly settled: Promise<SubscriberState>;
  /** Whether messages arrive now. */
  readonly subscribed: boolean;
  /** Takes nothing from the broker until resume(), as far as it keeps messages for those who are slow. */
  pause(): void;
  resume(): void;
  /** From now on no message is handed on; those at hand can still be acknowledged. */
  stop(): void;
  /** Ends the connection; a persistent session stays with the broker. */
  close(): Promise<void>;
}

/** Pause before the next try to connect: 100 ms, doubled to 5 s, up to a fifth less by chance so that many clients spread. */
export function backoff(tries: number, random: () => number = Math.random): number {
  const whole = Math.min(100 * 2 ** Math.min(tries, 10), 5_000);
  return Math.round(whole * (1 - random() / 5));
}
