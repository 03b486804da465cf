import { messageOf, requireEvent, undelivered, type BrokerEdge, type Called, type SentCall } from './call.ts';
import type { Channel } from './broker.ts';
import { messageId } from './message-id.ts';
import { publishRedis } from './publish-redis.ts';

/** A function whose calls are published and not answered: Redis hands them to who listens at that moment. */
export function callRedis(edge: BrokerEdge, called: SentCall, channel: Channel): Called {
  return (...args) => {
    requireEvent(edge);
    const message = messageOf(edge, called, args, { id: messageId() });
    try {
      publishRedis(channel, message);
    } catch (error) {
      throw undelivered(edge, called, 'Redis', channel, error);
    }
  };
}
