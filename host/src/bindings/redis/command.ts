import type { RedisWay } from './message.ts';

/** Their answer comes when something happens: behind them everybody would wait. */
const BLOCKING = new Set([
  'BLPOP',
  'BRPOP',
  'BRPOPLPUSH',
  'BLMOVE',
  'BLMPOP',
  'BZPOPMIN',
  'BZPOPMAX',
  'BZMPOP',
  'WAIT',
  'WAITAOF',
]);

/** They change what later commands of the same connection mean. */
const STATEFUL = new Set([
  'MULTI',
  'EXEC',
  'DISCARD',
  'WATCH',
  'UNWATCH',
  'SELECT',
  'AUTH',
  'HELLO',
  'CLIENT',
  'RESET',
  'QUIT',
  'ASKING',
  'READONLY',
  'READWRITE',
]);

/** They turn a connection into a stream of messages, which no call could give to the guest. */
const STREAMING = new Set([
  'SUBSCRIBE',
  'PSUBSCRIBE',
  'SSUBSCRIBE',
  'UNSUBSCRIBE',
  'PUNSUBSCRIBE',
  'SUNSUBSCRIBE',
  'MONITOR',
  'SYNC',
  'PSYNC',
]);

/**
 * Which way a command goes. In Spin each connection that a guest opens is one of its own; here they share one for
 * each server, and what could be noticed goes another way.
 */
export function wayOf(command: string, args: readonly (string | Uint8Array)[]): RedisWay | 'refused' {
  const name = command.toUpperCase();
  if (STREAMING.has(name)) return 'refused';
  if (STATEFUL.has(name)) return 'own';
  if (BLOCKING.has(name)) return 'blocking';
  if ((name === 'XREAD' || name === 'XREADGROUP') && args.some(isBlock)) return 'blocking';
  return 'shared';
}

/** The word `BLOCK`, in any case; a stream of that name costs a connection, no more. */
function isBlock(arg: string | Uint8Array): boolean {
  return (
    arg.length === 5 &&
    (typeof arg === 'string' ? arg : String.fromCharCode(...arg)).toUpperCase() === 'BLOCK'
  );
}

/** How much longer than its own timeout a blocking command may take on its way to the server and back, ms. */
const ON_ITS_WAY = 250;

/**
 * How long an answer is waited for, ms; Infinity where the event's deadline alone says so. Spin waits for as long as
 * the network is silent. A call that is answered has a deadline, though, and all its commands must keep to that.
 *
 * @param answered channels whose calls are answered, and how long such a call may take, ms
 */
export function limitOf(
  command: string,
  args: readonly (string | Uint8Array)[],
  answered: Readonly<Record<string, number>>,
): number {
  const name = command.toUpperCase();
  if (name === 'PUBLISH') return answered[textOf(args[0])] ?? Infinity;
  if (name !== 'BLPOP') return Infinity;
  const seconds = Number(textOf(args.at(-1)));
  return seconds > 0 ? seconds * 1000 + ON_ITS_WAY : Infinity;
}

function textOf(arg: string | Uint8Array | undefined): string {
  return typeof arg === 'string' ? arg : Buffer.from(arg ?? []).toString();
}
