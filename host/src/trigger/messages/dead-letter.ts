export interface DeadLetter {
  /** The message as it came. */
  readonly payload: Uint8Array;
  /** Its text, where it is JSON. */
  readonly json: string | undefined;
  readonly reason: string;
  /** How often it was given to the service. */
  readonly attempts: number;
  /** Topic or channel that it came on. */
  readonly topic: string;
  /** Ms since the epoch. */
  readonly time: number;
}

/**
 * The message that goes to the dead-letter topic, as docs/placements.md has it. A message of JSON is in it as it
 * was, to the last digit; any other as base64.
 */
export function encodeDeadLetter(letter: DeadLetter): Uint8Array {
  const { payload, json, reason, attempts, topic, time } = letter;
  const message = json ?? JSON.stringify(Buffer.from(payload).toString('base64'));
  const rest = JSON.stringify({
    encoding: json === undefined ? 'base64' : 'json',
    reason,
    attempts,
    topic,
    time: new Date(time).toISOString(),
  });
  return Buffer.from(`{"message":${message},${rest.slice(1)}`);
}
