/** The keys of an app's outbox and inbox in a Redis database. */
export interface RedisNames {
  readonly prefix: string;
  /** Sorted set: ids by when they were handled, ms since the epoch. */
  readonly inbox: string;
  /** Set: the streams in which something waits. */
  readonly streams: string;
  /** Stream: the entries of one, their ids the entries' (`17-0`), with `qos`, `payload`, `at`. */
  readonly entries: (stream: string) => string;
  /** Number: of the last entry; and of all payloads that wait, bytes. */
  readonly ids: string;
  readonly bytes: string;
  /** Hash: by an entry's number, how often it was sent in vain and why, as JSON. */
  readonly failed: string;
  /** Text with expiry: who sends. Number: how often it was asked to send at once. */
  readonly sender: string;
  readonly nudges: string;
}

export function redisNames(app: string): RedisNames {
  const prefix = `tenon:${app}:`;
  return {
    prefix,
    inbox: `${prefix}inbox`,
    streams: `${prefix}outbox`,
    entries: (stream) => `${prefix}outbox/${stream}`,
    ids: `${prefix}outbox:ids`,
    bytes: `${prefix}outbox:bytes`,
    failed: `${prefix}outbox:failed`,
    sender: `${prefix}sender`,
    nudges: `${prefix}nudges`,
  };
}
