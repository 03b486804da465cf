import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'redis';
import { backoff, type Subscriber, type SubscriberOptions, type SubscriberState } from './subscriber.ts';

const CONNECT_TIMEOUT = 5_000;
/** So that a connection that died without a word is noticed, ms. */
const PING_INTERVAL = 15_000;

/**
 * Keeps one Redis channel subscribed. Redis keeps nothing for those who are away, and waits for nobody: a
 * message is delivered at most once, pause() does nothing, and there is nothing to acknowledge.
 */
export function subscribeRedis(options: SubscriberOptions): Subscriber {
  const { address, topic, onMessage, onState } = options;
  const { promise: settled, resolve: settle } = Promise.withResolvers<SubscriberState>();
  let subscribed = false;
  const stopping = new AbortController();
  let told: SubscriberState['kind'] | undefined;
  let known = false;

  const client = createClient({
    url: address,
    // Without HELLO, which Redis before 6 does not know.
    RESP: 2,
    pingInterval: PING_INTERVAL,
    socket: { connectTimeout: CONNECT_TIMEOUT, reconnectStrategy: (tries) => backoff(tries) },
  });
  client.on('error', (error: NodeJS.ErrnoException) => {
    report({ kind: 'lost', reason: error.message || (error.code ?? 'no connection') });
  });
  // The library subscribes again before it says so.
  client.on('ready', () => {
    if (told === 'lost' && known) report({ kind: 'subscribed' });
  });

  function report(state: SubscriberState): void {
    if (stopping.signal.aborted) return;
    subscribed = state.kind === 'subscribed';
    settle(state);
    if (told !== state.kind) onState(state);
    told = state.kind;
  }

  /** Connects and subscribes for the first time; what comes after that the library does again by itself. */
  async function start(): Promise<void> {
    for (let tries = 0; !stopping.signal.aborted; tries++) {
      try {
        // Resolves once connected, however long that takes.
        if (!client.isOpen) await client.connect();
        await client.subscribe(topic, receive, true);
        known = true;
        report({ kind: 'subscribed' });
        return;
      } catch (error) {
        report({ kind: 'refused', reason: error instanceof Error ? error.message : String(error) });
        await pause(backoff(tries), undefined, { ref: false });
      }
    }
  }

  function receive(payload: Buffer): void {
    if (!stopping.signal.aborted) onMessage({ topic, payload, acknowledge: () => {} });
  }

  void start();
  return {
    settled,
    get subscribed() {
      return subscribed;
    },
    pause() {},
    resume() {},
    stop() {
      stopping.abort();
    },
    close() {
      stopping.abort();
      subscribed = false;
      if (client.isOpen) client.destroy();
      return Promise.resolve();
    },
  };
}
