import type { IncomingMessage } from 'node:http';

const NONE = new Uint8Array(0);

/** A request's body, or why there is none: over the limit, or the client has gone. */
export type ReadBody = Uint8Array | 'too-large' | 'gone';

/** Reads a request's body up to a limit in bytes, and not one chunk beyond it. */
export function readBody(request: IncomingMessage, limit: number): Promise<ReadBody> | ReadBody {
  const declared = request.headers['content-length'];
  if (declared === undefined && request.headers['transfer-encoding'] === undefined) return NONE;
  if (declared !== undefined && Number(declared) > limit) return 'too-large';
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (result: ReadBody): void => {
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= limit) {
        chunks.push(chunk);
        return;
      }
      request.pause();
      settle('too-large');
    };
    const onEnd = (): void => settle(chunks.length === 1 ? (chunks[0] ?? NONE) : Buffer.concat(chunks, size));
    const onClose = (): void => settle('gone');
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

/**
 * Throws away what a client still sends, so that it gets to read its answer: closing a connection with unread
 * bytes resets it. Bounded in bytes and time (ms); resolves when the client is done, has gone, or has had enough.
 */
export function discardRest(
  request: IncomingMessage,
  bounds: { bytes: number; time: number },
): Promise<void> {
  return new Promise((resolve) => {
    let size = 0;
    const timer = setTimeout(settle, bounds.time);
    function settle(): void {
      clearTimeout(timer);
      request.off('data', onData).off('end', settle).off('close', settle);
      request.on('error', () => {});
      resolve();
    }
    function onData(chunk: Buffer): void {
      size += chunk.length;
      if (size > bounds.bytes) settle();
    }
    request.on('data', onData).on('end', settle).on('close', settle);
    if (request.complete || request.destroyed) settle();
    else request.resume();
  });
}
