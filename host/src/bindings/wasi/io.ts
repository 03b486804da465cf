import { problem } from '../../diagnostics/error.ts';

/** The resource `error` of wasi:io/error. */
class IoError {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toDebugString(): string {
    return this.#text;
  }
}

/** When a pollable is ready: ms on the clock of `performance.now()`. */
export class Pollable {
  readonly #readyAt: number;
  readonly #wait: Wait;

  constructor(readyAt: number, wait: Wait) {
    this.#readyAt = readyAt;
    this.#wait = wait;
  }

  static readyAt(pollable: Pollable): number {
    return pollable.#readyAt;
  }

  ready(): boolean {
    return performance.now() >= this.#readyAt;
  }

  block(): void {
    this.#wait(this.#readyAt);
  }
}

/** Blocks the thread until `performance.now()` reaches a time. */
export type Wait = (until: number) => void;

/** What an output stream does with bytes. */
export type Sink = (bytes: Uint8Array) => void;

/** Says to a guest that a stream has ended: `variant stream-error`. */
const CLOSED = { tag: 'closed' } as const;
/** How many bytes a guest may write at once. */
const WRITE_ALLOWED = 64n * 1024n;

/**
 * wasi:io: streams, errors and pollables. The only input there is, is empty; outputs take all at once and are
 * ready at any time. Source: WASI 0.2, wasi:io.
 */
export function createIo(wait: Wait) {
  const atOnce = (): Pollable => new Pollable(0, wait);

  class InputStream {
    read(_length: bigint): Uint8Array {
      throw CLOSED;
    }

    blockingRead(length: bigint): Uint8Array {
      return this.read(length);
    }

    skip(_length: bigint): bigint {
      throw CLOSED;
    }

    blockingSkip(length: bigint): bigint {
      return this.skip(length);
    }

    subscribe(): Pollable {
      return atOnce();
    }
  }

  class OutputStream {
    readonly #sink: Sink;

    constructor(sink: Sink) {
      this.#sink = sink;
    }

    checkWrite(): bigint {
      return WRITE_ALLOWED;
    }

    write(contents: Uint8Array): void {
      this.#sink(contents);
    }

    blockingWriteAndFlush(contents: Uint8Array): void {
      this.#sink(contents);
    }

    /** Nothing waits but a line without its end, and that waits for its end. */
    flush(): void {}

    blockingFlush(): void {}

    subscribe(): Pollable {
      return atOnce();
    }

    writeZeroes(length: bigint): void {
      // By its definition it traps beyond what check-write allows.
      if (length > WRITE_ALLOWED)
        throw new RangeError(`write-zeroes of ${length} bytes, ${WRITE_ALLOWED} are allowed`);
      this.#sink(new Uint8Array(Number(length)));
    }

    blockingWriteZeroesAndFlush(length: bigint): void {
      this.writeZeroes(length);
    }

    splice(source: InputStream, length: bigint): bigint {
      const bytes = source.read(length);
      this.#sink(bytes);
      return BigInt(bytes.length);
    }

    blockingSplice(source: InputStream, length: bigint): bigint {
      return this.splice(source, length);
    }
  }

  function poll(pollables: readonly Pollable[]): Uint32Array {
    if (pollables.length === 0)
      throw problem('bindings/empty-poll', 'wasi:io/poll#poll was called with nothing to wait for');
    const ready = (): number[] => pollables.flatMap((pollable, index) => (pollable.ready() ? [index] : []));
    const now = ready();
    if (now.length > 0) return Uint32Array.from(now);
    wait(Math.min(...pollables.map((pollable) => Pollable.readyAt(pollable))));
    return Uint32Array.from(ready());
  }
  return { IoError, Pollable, InputStream, OutputStream, poll };
}
