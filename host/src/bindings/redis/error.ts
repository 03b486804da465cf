/** `variant error` of fermyon:spin/redis@2.0.0, in jco's form. */
export type RedisErrorValue =
  | { readonly tag: 'invalid-address' | 'too-many-connections' | 'type-error' }
  | { readonly tag: 'other'; readonly val: string };

/** An error for the guest: the glue takes `payload` as the error of the function's result. */
export class RedisError extends Error {
  override readonly name = 'RedisError';
  readonly payload: RedisErrorValue;

  constructor(payload: RedisErrorValue) {
    super(payload.tag === 'other' ? payload.val : payload.tag);
    this.payload = payload;
  }
}

export function other(message: string): RedisError {
  return new RedisError({ tag: 'other', val: message });
}

/** The codes that Spin's client knows, by what it calls them. */
const KNOWN: Readonly<Record<string, string>> = {
  ERR: 'ResponseError',
  EXECABORT: 'ExecAbortError',
  LOADING: 'BusyLoadingError',
  NOSCRIPT: 'NoScriptError',
  MOVED: 'Moved',
  ASK: 'Ask',
  TRYAGAIN: 'TryAgain',
  CLUSTERDOWN: 'ClusterDown',
  CROSSSLOT: 'CrossSlot',
  MASTERDOWN: 'MasterDown',
  READONLY: 'ReadOnly',
  NOTBUSY: 'NotBusy',
  NOSUB: 'NoSub',
};

/**
 * A server's error in the words that a guest sees on Spin: `WRONGTYPE Operation …` → `WRONGTYPE: Operation …`.
 * Source: redis-rs 0.32, src/types.rs, `Display for RedisError`.
 */
export function spinText(message: string): string {
  const space = message.indexOf(' ');
  const code = space === -1 ? message : message.slice(0, space);
  const detail = space === -1 ? undefined : message.slice(space + 1);
  const known = KNOWN[code];
  if (known !== undefined) {
    const words = 'An error was signalled by the server';
    return detail === undefined ? `${words}- ${known}` : `${words} - ${known}: ${detail}`;
  }
  return `${code}: ${detail ?? 'Unknown extension error encountered'}`;
}
