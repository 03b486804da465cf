/**
 * The reply to a call that came to nothing, as docs/wire-format.md has it. The service's component could not send
 * it: what it has written would have been committed with it.
 */
export function encodeFailedReply(id: string, reason: string): Uint8Array {
  return Buffer.from(JSON.stringify({ tag: 'failed', val: reason, _tenon: { id } }));
}
