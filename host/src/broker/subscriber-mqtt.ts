import { Socket } from 'node:net';
import mqtt from 'mqtt';
import type { IPublishPacket, MqttClient } from 'mqtt';
import { bareAddress } from '../bindings/broker-address.ts';
import { backoff, type Subscriber, type SubscriberOptions, type SubscriberState } from './subscriber.ts';

export interface MqttSubscriberOptions extends SubscriberOptions {
  /** Stable: the broker keeps the session of this name, and what arrives while it is away. */
  readonly clientId: string;
  readonly qos: 0 | 1 | 2;
  /** Several subscribers of one group share the messages; the broker must have shared subscriptions. */
  readonly group?: string;
}

/** Seconds between signs of life, so that a connection that died without a word is noticed. */
const KEEPALIVE = 15;
const CONNECT_TIMEOUT = 5_000;
const CLOSE_TIMEOUT = 1_000;

/** A message of QoS 1 that the broker waits for. */
interface InHand {
  readonly messageId: number;
}

/**
 * Keeps one MQTT 3.1.1 subscription in a persistent session. A message is acknowledged when its handler says
 * so, whichever is done first: the library's own acknowledgement, and with it its wait before the next
 * message, is left out. QoS 2 is subscribed as 1: the library confirms a message of QoS 2 before it is handled
 * and remembers it in memory alone, so it would be lost with the process.
 */
export function subscribeMqtt(options: MqttSubscriberOptions): Subscriber {
  const { topic, group, onMessage, onState } = options;
  const filter = group === undefined ? topic : `$share/${group}/${topic}`;
  const qos = options.qos === 0 ? 0 : 1;
  const { promise: settled, resolve: settle } = Promise.withResolvers<SubscriberState>();
  /** By packet id: while one is not acknowledged, the broker gives its id to no other in this session. */
  let inHand = new Map<number, InHand>();
  let subscribed = false;
  let stopped = false;
  /** Whether this process has subscribed in the session that the broker has. */
  let known = false;
  let tries = 0;
  let told: SubscriberState['kind'] | undefined;
  let lastReason = 'the broker closed the connection';
  /** Set while paused: lets the library go on with the next packet. */
  let goOn: (() => void) | undefined;
  let paused = false;

  const { username, password } = new URL(options.address);
  const client: MqttClient = mqtt.connect(bareAddress(options.address), {
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
    protocolVersion: 4,
    clientId: options.clientId,
    clean: false,
    keepalive: KEEPALIVE,
    connectTimeout: CONNECT_TIMEOUT,
    reconnectPeriod: backoff(0),
    reconnectOnConnackError: true,
    resubscribe: false,
  });
  client.handleMessage = (packet, done) => {
    take(packet);
    // An error here means to the library: do not acknowledge, go on.
    const next = (): void => done(NOT_YET);
    if (paused && !stopped) goOn = next;
    else next();
  };
  client.on('connect', ({ sessionPresent }) => {
    tries = 0;
    client.options.reconnectPeriod = backoff(0);
    // An acknowledgement does not wait for more to send.
    if (client.stream instanceof Socket) client.stream.setNoDelay();
    // The broker has forgotten the session: packet ids start anew, and what was at hand comes as new.
    if (!sessionPresent) inHand = new Map();
    if (stopped) return;
    // A shared subscription is not always kept with its session when a broker restarts (Mosquitto 2.0.11).
    // A plain one that is made again brings retained messages again, so that is done only where it must be.
    if (sessionPresent && known && group === undefined) report({ kind: 'subscribed' });
    else subscribe();
  });
  client.on('close', () => {
    // What the library still wanted to go on with belongs to the connection that is gone.
    goOn = undefined;
    subscribed = false;
    tries++;
    client.options.reconnectPeriod = backoff(tries);
    if (!stopped) report({ kind: 'lost', reason: lastReason });
    lastReason = 'the broker closed the connection';
  });
  client.on('error', (error) => {
    // Several addresses of one name failed: the message is empty.
    lastReason = error.message || ('code' in error ? String(error.code) : 'no connection');
  });

  function subscribe(): void {
    client.subscribe(filter, { qos }, (error, granted) => {
      if (stopped) return;
      if (error || granted?.some((one) => one.qos > 2)) {
        report({ kind: 'refused', reason: error?.message ?? 'the broker does not allow it' });
        return;
      }
      known = true;
      report({ kind: 'subscribed' });
    });
  }

  function report(state: SubscriberState): void {
    subscribed = state.kind === 'subscribed';
    settle(state);
    // Each further try in vain would only say the same.
    if (!(state.kind === 'lost' && told === 'lost')) onState(state);
    told = state.kind;
  }

  function take(packet: IPublishPacket): void {
    if (stopped) return;
    const { messageId } = packet;
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    if (packet.qos === 0 || messageId === undefined) {
      onMessage({ topic: packet.topic, payload, acknowledge: () => {} });
      return;
    }
    // Delivered again after the connection was lost, and still being handled.
    if (inHand.has(messageId)) return;
    const entry: InHand = { messageId };
    inHand.set(messageId, entry);
    onMessage({ topic: packet.topic, payload, acknowledge: () => acknowledge(entry) });
  }

  function acknowledge(entry: InHand): void {
    const { messageId } = entry;
    if (inHand.get(messageId) !== entry) return;
    inHand.delete(messageId);
    // Without a connection the broker delivers it again; told later, the id might be that of another message.
    if (client.connected) client['_sendPacket']({ cmd: 'puback', messageId });
  }

  // Nothing is read from the connection while paused, so the library must not miss the broker's signs of life.
  const alive = setInterval(
    () => {
      if (!goOn || !client.connected) return;
      client.sendPing();
      client.reschedulePing(true);
    },
    (KEEPALIVE * 1_000) / 2,
  );
  alive.unref();

  return {
    settled,
    get subscribed() {
      return subscribed;
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      const next = goOn;
      goOn = undefined;
      next?.();
    },
    stop() {
      stopped = true;
      this.resume();
    },
    async close() {
      this.stop();
      clearInterval(alive);
      // A broker that does not close its end is not waited for.
      const cutOff = setTimeout(() => client.stream.destroy(), CLOSE_TIMEOUT);
      await client.endAsync(!subscribed);
      clearTimeout(cutOff);
    },
  };
}

const NOT_YET = new Error('acknowledged when it is handled');
