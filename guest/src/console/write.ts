import { getStderr } from 'wasi:cli/stderr@0.2.12';
import { getStdout } from 'wasi:cli/stdout@0.2.12';
import { encodeUtf8 } from '../encoding/utf8.ts';

/** What `blocking-write-and-flush` takes at once. */
const LIMIT = 4096;

export function writeOut(text: string): void {
  writeTo(getStdout, text);
}

export function writeErr(text: string): void {
  writeTo(getStderr, text);
}

/** The stream is fetched and given back each time: an event must leave no handle behind. */
function writeTo(open: typeof getStdout | typeof getStderr, text: string): void {
  const bytes = encodeUtf8(text);
  const stream = open();
  try {
    for (let from = 0; from < bytes.length; from += LIMIT) {
      stream.blockingWriteAndFlush(bytes.subarray(from, from + LIMIT));
    }
  } finally {
    stream[Symbol.dispose]();
  }
}
