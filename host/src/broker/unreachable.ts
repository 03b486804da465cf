/** There is no connection to a broker, or it broke: what was asked for may be done or not. */
export class BrokerUnreachable extends Error {
  override readonly name = 'BrokerUnreachable';
}

/** A Redis server's refusal of one command, in its words: `WRONGTYPE Operation …`. */
export class RedisRefusal extends Error {
  override readonly name = 'RedisRefusal';
}

/** What a library threw for a connection, in words. */
export function unreachable(error: unknown): BrokerUnreachable {
  if (error instanceof BrokerUnreachable) return error;
  const { message = '', code = '' } = error as { message?: string; code?: string };
  return new BrokerUnreachable(message || code || 'no connection', { cause: error });
}

/** Waits for a promise as long as a signal is not aborted; then rejects with its reason. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
