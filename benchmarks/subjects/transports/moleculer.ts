import { ServiceBroker, type BrokerOptions, type Context } from 'moleculer';
import { freePort } from '../../../host/test/brokers.ts';
import { answer, type Argument, type Payload } from '../payloads.ts';
import type { Caller, Transport } from '../transport.ts';

interface Parameters {
  readonly argument: Argument;
}

/** Moleculer 0.15 with its defaults, but for the log and for what finding the callee waits for. */
function brokerOf(options: BrokerOptions): ServiceBroker {
  return new ServiceBroker({ logger: false, ...options });
}

function withCallee(broker: ServiceBroker): ServiceBroker {
  const action =
    (name: Payload['call']) =>
    ({ params }: Context<Parameters>): Argument =>
      answer(name, params.argument);
  const actions = { ping: action('ping'), echo: action('echo'), judge: action('judge') };
  broker.createService({ name: 'callee', actions });
  return broker;
}

async function callerOf(broker: ServiceBroker): Promise<Caller> {
  await broker.start();
  // Looked for more often than each second, which is over before anything is timed.
  await broker.waitForServices('callee', undefined, 10);
  return {
    call: (name, argument) => broker.call<Argument, Parameters>(`callee.${name}`, { argument }),
    close: () => broker.stop(),
  };
}

/** Caller and callee on one node: what comes nearest to composing. */
export const moleculerLocal: Transport = {
  connect: () => callerOf(withCallee(brokerOf({}))),
};

/** Its types know neither lists of addresses nor addresses as transporters; its manual does. */
function transporter(value: unknown): BrokerOptions {
  return { transporter: value as NonNullable<BrokerOptions['transporter']> };
}

/** Its default is a megabyte, which a string of that size does not fit. */
const MAX_PACKET = 4 * 1024 * 1024;

/** s between two exchanges of who is there, the least that it takes; by default it is twice as long until a callee is known. */
const GOSSIP = 1;

const tcp = (port: number, urls: readonly string[]): BrokerOptions =>
  transporter({
    type: 'TCP',
    options: { udpDiscovery: false, port, urls, maxPacketSize: MAX_PACKET, gossipPeriod: GOSSIP },
  });

/** Two nodes that know each other's address. */
export const moleculerTcp: Transport = {
  async serve() {
    const [calleePort, callerPort] = [await freePort(), await freePort()];
    const urls = [`127.0.0.1:${calleePort}/callee`, `127.0.0.1:${callerPort}/caller`];
    await withCallee(brokerOf({ nodeID: 'callee', ...tcp(calleePort, urls) })).start();
    return `${callerPort} ${urls.join(' ')}`;
  },
  connect(address) {
    const [port, ...urls] = address.split(' ');
    return callerOf(brokerOf({ nodeID: 'caller', ...tcp(Number(port), urls) }));
  },
};

/** Two nodes over Redis, with the client that Moleculer uses, ioredis. */
export const moleculerRedis: Transport = {
  async serve(broker) {
    await withCallee(brokerOf({ nodeID: 'callee', ...transporter(broker) })).start();
    return 'callee';
  },
  connect: (_, broker) => callerOf(brokerOf({ nodeID: 'caller', ...transporter(broker) })),
};
