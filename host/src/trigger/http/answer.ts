import type { ServerResponse } from 'node:http';
import type { HttpResponse } from '../../runtime/types.ts';

/** What the guest may not say of the connection: the host writes these itself. */
const OWN = new Set([
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'trailer',
  'proxy-connection',
]);
const NAME = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/;
const VALUE = /^[\t\u0020-\u007e]*$/;

/** A status that answers a request: not 1xx, which only announces one, and not above 600 (Spin's bound). */
function isStatus(status: number): boolean {
  return Number.isInteger(status) && status >= 200 && status <= 600;
}

/**
 * Writes a guest's answer; a text is why it cannot be written, and then nothing was. As in Spin 3.6.3
 * (crates/trigger-http/src/spin.rs) the last of several headers of one name counts, and header values are
 * visible ASCII.
 */
export function writeAnswer(
  response: ServerResponse,
  answer: HttpResponse,
  isHead: boolean,
): string | undefined {
  const { status, headers, body } = answer;
  if (!isStatus(status)) return `its status ${status} is not a status of an answer`;
  const kept = new Map<string, string>();
  for (const [name, value] of headers) {
    if (!NAME.test(name)) return `it sent a header with the invalid name ${JSON.stringify(name)}`;
    if (!VALUE.test(value)) return `its header ${name} has a value that is not visible ASCII`;
    kept.set(name.toLowerCase(), value);
  }
  const flat: string[] = [];
  for (const [name, value] of kept) {
    if (name === 'connection') {
      if (value.toLowerCase() === 'close') response.shouldKeepAlive = false;
    } else if (!OWN.has(name)) flat.push(name, value);
  }
  const bodyless = status === 204 || status === 304;
  if (!bodyless) {
    const declared = isHead && body.length === 0 ? kept.get('content-length') : undefined;
    flat.push(
      'content-length',
      declared !== undefined && /^\d+$/.test(declared) ? declared : String(body.length),
    );
  }
  response.writeHead(status, flat);
  response.end(bodyless || isHead ? undefined : body);
  return undefined;
}

/** An answer of the host itself: a status without a body. */
export function writeEmpty(response: ServerResponse, status: number, headers: readonly string[] = []): void {
  response.writeHead(status, [...headers, 'content-length', '0']);
  response.end();
}
