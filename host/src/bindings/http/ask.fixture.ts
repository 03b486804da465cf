import { parentPort, workerData } from 'node:worker_threads';
import { createChannel } from '../channel/channel.ts';
import type { NetworkAddress } from '../channel/message.ts';
import type { OutboundRequest } from './message.ts';

/** A worker that asks what it is told to, blocked meanwhile, and tells the answer. */
const channel = createChannel((workerData as { address: NetworkAddress }).address);
parentPort?.on('message', ({ request, deadline }: { request: OutboundRequest; deadline: number }) => {
  parentPort?.postMessage({ answer: channel.ask('http', request, deadline) }, []);
});
