import { subscribeRedis } from '../../broker/subscriber-redis.ts';
import type { PlannedTrigger } from '../../plan/types.ts';
import type { MessageHost } from '../messages/handler.ts';
import { serveMessages, type RunningMessageTrigger } from '../messages/serve.ts';

export interface RedisTriggerOptions extends MessageHost {
  readonly unit: string;
  readonly trigger: PlannedTrigger & { readonly kind: 'redis' };
  /** With user and password, without query. */
  readonly address: string;
  readonly limits: { readonly inFlight: number; readonly deadline: number };
}

/** Redis itself keeps this much for a subscriber that is slow (`client-output-buffer-limit pubsub`). */
const MAX_BYTES = 32 * 1024 * 1024;

/** Handles the messages of a Redis channel: `handle-message` of fermyon:spin/inbound-redis. */
export function serveRedis(options: RedisTriggerOptions): Promise<RunningMessageTrigger> {
  const { trigger, address, limits } = options;
  const { channel, claim, retries, deadLetter } = trigger;
  return serveMessages({
    ...options,
    name: `redis ${channel}`,
    topic: channel,
    event: (message) => ({
      kind: 'call',
      interface: 'fermyon:spin/inbound-redis',
      function: 'handle-message',
      args: [message.payload],
    }),
    claim,
    retries,
    deadLetter: { kind: 'redis', address, topic: deadLetter, qos: 1 },
    limit: limits.inFlight,
    kept: false,
    maxBytes: MAX_BYTES,
    drainMs: limits.deadline,
    subscribe: subscribeRedis,
  });
}
