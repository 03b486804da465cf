import { once, type EventEmitter } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { Aedes } from 'aedes';
import type { OutgoingMessage } from '../bindings/deferred.ts';
import { problem } from '../diagnostics/error.ts';
import { watchSessions } from './embedded-sessions.ts';
import type { Published } from './publisher.ts';
import { abortable } from './unreachable.ts';

/** An MQTT 3.1.1 broker within this process, on loopback, that keeps everything in memory. No shared subscriptions. */
export interface EmbeddedBroker extends AsyncDisposable {
  /** `mqtt://127.0.0.1:1883`. */
  readonly address: string;
  readonly port: number;
  /** Calls back for each message that a handler's session has acknowledged; gives what ends that. */
  onHandled(listener: (message: HandledMessage) => void): () => void;
  /**
   * Publishes a message of QoS 1 or 2, and resolves when each persistent session of a handler that subscribes to it
   * has acknowledged it: with their number. A broker that dies with the process may promise no less, or the message
   * would be in no place at all.
   *
   * @throws BrokerUnreachable where a session ends before
   */
  deliver(
    message: Pick<OutgoingMessage, 'topic' | 'payload' | 'qos'>,
    signal: AbortSignal,
  ): Promise<Published>;
  close(): Promise<void>;
}

export interface HandledMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly clientId: string;
}

export interface EmbeddedBrokerOptions {
  /** Taken if free, else any other; 1883 if absent, 0 lets the system choose. */
  readonly port?: number;
  /** Whether a persistent session is one that handles messages; those named `tenon-…` if absent, as triggers name theirs. */
  readonly isHandler?: (clientId: string) => boolean;
}

const HOST = '127.0.0.1';
const USUAL_PORT = 1883;

/**
 * Starts a broker.
 *
 * @throws TenonError `broker/no-port`
 */
export async function startEmbeddedBroker(options: EmbeddedBrokerOptions = {}): Promise<EmbeddedBroker> {
  const { port = USUAL_PORT, isHandler = (clientId) => clientId.startsWith('tenon-') } = options;
  const aedes = await Aedes.createBroker({
    // 3.1 had a limit of 23, 3.1.1 has none, and triggers tell by their names what they are for.
    maxClientsIdLength: 65_535,
  });
  // Of a broken client it tells elsewhere; this would be the broker itself.
  (aedes as EventEmitter).on('error', (error: Error) => process.emitWarning(error));
  const sessions = watchSessions(aedes, isHandler);
  const server = await listen(aedes, port);
  const { port: taken } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    await new Promise<void>((resolve) => aedes.close(resolve));
    await closed;
  };
  let closing: Promise<void> | undefined;
  const closeOnce = (): Promise<void> => (closing ??= close());
  return {
    address: `mqtt://${HOST}:${taken}`,
    port: taken,
    onHandled: sessions.onHandled,
    async deliver({ topic, payload, qos }, signal) {
      const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
      const handled = sessions.handled(bytes);
      await new Promise<void>((resolve, reject) => {
        const packet = { cmd: 'publish', topic, payload: bytes, qos, retain: false, dup: false } as const;
        aedes.publish(packet, (error) => (error ? reject(error) : resolve()));
      });
      return { receivers: await abortable(handled(), signal) };
    },
    close: closeOnce,
    [Symbol.asyncDispose]: closeOnce,
  };
}

async function listen(aedes: Aedes, port: number): Promise<Server> {
  const candidates = port === 0 ? [0] : [port, 0];
  let reason: unknown;
  for (const candidate of candidates) {
    const server = createServer({ noDelay: true }, (socket) => void aedes.handle(socket));
    server.listen(candidate, HOST);
    try {
      await once(server, 'listening');
      return server;
    } catch (error) {
      reason = error;
    }
  }
  throw problem('broker/no-port', `no MQTT broker can listen on ${HOST}: ${(reason as Error).message}`, {
    where: `${HOST}:${port}`,
    cause: reason,
  });
}
