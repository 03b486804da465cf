/** A message on its way to a broker. */
export interface OutgoingMessage {
  readonly kind: 'mqtt' | 'redis';
  /** Without query: `mqtt://127.0.0.1:1883`. On its way through an outbox, or the name of a variable that holds it. */
  readonly address: string;
  /** Topic or channel. */
  readonly topic: string;
  readonly payload: Uint8Array;
  /** 1 for Redis, where it says nothing. */
  readonly qos: 0 | 1 | 2;
}

/** Where the bindings of brokers put messages that leave after the commit of their event. */
export interface Deferred {
  /** Keeps the message for the commit; false where no route says so, and it must be sent at once. */
  add(message: OutgoingMessage): boolean;
}
