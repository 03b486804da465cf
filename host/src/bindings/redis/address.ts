const SCHEMES = new Set(['redis:', 'rediss:', 'valkey:', 'valkeys:']);

/** Whether Spin's client would take an address. Source: redis-rs 0.32, src/connection.rs; sockets of files aside. */
export function isRedisAddress(text: string): boolean {
  const url = URL.parse(text);
  if (!url || !SCHEMES.has(url.protocol) || url.hostname === '') return false;
  return /^\/*(?:[+-]?\d+)?\/*$/.test(url.pathname);
}
