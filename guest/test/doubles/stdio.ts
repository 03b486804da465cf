/** `wasi:cli/stdout` and `stderr` that keep what is written, and how often a stream was opened and given back. */
export const written = { stdout: '', stderr: '', open: 0, largest: 0 };

export function reset(): void {
  Object.assign(written, { stdout: '', stderr: '', open: 0, largest: 0 });
}

function stream(name: 'stdout' | 'stderr'): Disposable & { blockingWriteAndFlush(bytes: Uint8Array): void } {
  const decoder = new TextDecoder();
  written.open += 1;
  return {
    blockingWriteAndFlush(bytes) {
      written.largest = Math.max(written.largest, bytes.length);
      written[name] += decoder.decode(bytes, { stream: true });
    },
    [Symbol.dispose]() {
      written.open -= 1;
    },
  };
}

export const getStdout = (): ReturnType<typeof stream> => stream('stdout');
export const getStderr = (): ReturnType<typeof stream> => stream('stderr');
