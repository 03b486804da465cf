import { parentPort, workerData } from 'node:worker_threads';
import { createChannel } from './channel.ts';
import type { NetworkAddress, OutboundRequest } from './message.ts';

/** A worker that asks what it is told to, blocked meanwhile, and tells the answer. */
const channel = createChannel((workerData as { address: NetworkAddress }).address);
parentPort?.on('message', (request: Omit<OutboundRequest, 'id'>) => {
  parentPort?.postMessage({ answer: channel.ask(request) }, []);
});
