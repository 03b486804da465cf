import { exit } from 'wasi:cli/exit@0.2.12';
import { requireLive } from '../async/loop.ts';
import { writeErr } from '../console/write.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { ended } from '../fused/fuse.ts';
import { BrokerFailure, reasonOf, type Channel } from './broker.ts';

/**
 * A call that becomes a message. Its arguments are checked as those of a fused call are; what is no error of the
 * contract ends the event as a trap of a linked service does.
 */

/** Writes a value down as JSON or reads it; throws where it is not of its type, naming the place in it. */
export type Mapping = (value: unknown, path: string) => unknown;

/** Two services, and the interface between them. */
export interface BrokerEdge {
  readonly importer: string;
  readonly provider: string;
  /** The interface's name in JavaScript. */
  readonly name: string;
}

export interface SentCall {
  readonly name: string;
  /** Names of the parameters in order. */
  readonly params: readonly string[];
  /** The arguments by name as JSON, or the only argument where that is a record: then it is the message. */
  readonly toJson: Mapping;
  readonly whole: boolean;
  /** Which function is called, where the channel carries several. */
  readonly function?: string;
}

export type Called = (...args: unknown[]) => unknown;

/** What a message of Tenon carries beside its arguments. */
export interface Envelope {
  readonly id: string;
  readonly reply?: string;
  /** ms since the epoch */
  readonly deadline?: number;
}

/** The arguments of a call as JSON; ends the event where one is not of its type. */
export function argumentsOf(edge: BrokerEdge, called: SentCall, args: readonly unknown[]): object {
  const { params, whole, toJson } = called;
  try {
    if (whole) return toJson(args[0], params[0]!) as object;
    return toJson(Object.fromEntries(params.map((name, at) => [name, args[at]])), '') as object;
  } catch (error) {
    throw ended(`${edge.importer} called ${pathOf(edge, called)} with a wrong value:`, error);
  }
}

/** The message of a call. */
export function messageOf(
  edge: BrokerEdge,
  called: SentCall,
  args: readonly unknown[],
  { id, reply, deadline }: Envelope,
): Uint8Array {
  const own = {
    id,
    ...(reply !== undefined && { reply }),
    ...(deadline !== undefined && { deadline }),
    ...(called.function !== undefined && { function: called.function }),
  };
  return encodeUtf8(JSON.stringify({ ...argumentsOf(edge, called, args), _tenon: own }));
}

/** A message can be sent only while an event is handled. */
export function requireEvent({ provider }: BrokerEdge): void {
  requireLive(`a call of ${provider}`);
}

/** Logs in one line why a call came to nothing, and ends the event as a trap does. */
export function undelivered(
  edge: BrokerEdge,
  called: Pick<SentCall, 'name'>,
  broker: 'MQTT' | 'Redis',
  { topic }: Channel,
  error: unknown,
): Error {
  const where = `${broker} ${broker === 'MQTT' ? 'topic' : 'channel'} ${topic}`;
  writeErr(
    `${edge.importer} called ${pathOf(edge, called)} over ${where}, which failed: ${reasonOf(error)}\n`,
  );
  exit({ tag: 'err' });
  return new BrokerFailure('exit returned');
}

export function pathOf({ name, provider }: BrokerEdge, called: Pick<SentCall, 'name'>): string {
  return `${name}.${called.name} of ${provider}`;
}
