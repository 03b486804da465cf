import type { AbortSignal } from './abort.ts';

const ignore = (): void => {};

/** The signal of a request that nobody can abort: by itself, so that every request need not bring events along. */
export const NEVER = {
  aborted: false,
  reason: undefined,
  onabort: null,
  throwIfAborted: ignore,
  addEventListener: ignore,
  removeEventListener: ignore,
  dispatchEvent: () => true,
  [Symbol.toStringTag]: 'AbortSignal',
} as unknown as AbortSignal;
