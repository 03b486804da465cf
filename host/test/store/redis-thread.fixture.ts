import { parentPort } from 'node:worker_threads';
import { serveChannel } from '../../src/bindings/channel/serve.ts';
import { createBrokers } from '../../src/broker/brokers.ts';

/** The part of the main thread for a test that asks synchronously itself: answers for Redis, and says where. */
parentPort?.postMessage(serveChannel({ redis: createBrokers().redis }).address, []);
// Until it is terminated: what it serves does not keep it alive.
parentPort?.on('message', () => {});
