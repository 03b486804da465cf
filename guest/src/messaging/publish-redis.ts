import { Connection } from 'fermyon:spin/redis@2.0.0';
import { addressOf, type Channel } from './broker.ts';

/** Publishes one message; throws what the host interface does, or a BrokerFailure. */
export function publishRedis({ topic, address }: Channel, payload: Uint8Array): void {
  const connection = Connection.open(addressOf('redis_address', address));
  try {
    connection.publish(topic, payload);
  } finally {
    connection[Symbol.dispose]();
  }
}
