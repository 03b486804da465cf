/** Bytes of one line; what is longer is cut into several. */
const MAX_LINE = 16 * 1024;
/** Bytes that one event may write to one stream; the rest is dropped, with a line that says so. */
const MAX_EVENT = 1024 * 1024;

/** Turns the bytes that a guest writes into lines of text. */
export class LineWriter {
  readonly #line: (text: string) => void;
  #parts: Uint8Array[] = [];
  #pending = 0;
  #written = 0;
  #dropping = false;

  constructor(line: (text: string) => void) {
    this.#line = line;
  }

  /** Starts an event: its allowance is new. */
  begin(): void {
    this.#written = 0;
    this.#dropping = false;
  }

  write(bytes: Uint8Array): void {
    if (this.#dropping) return;
    if (this.#written + bytes.length > MAX_EVENT) {
      this.end();
      this.#dropping = true;
      this.#line(`(more than ${MAX_EVENT} bytes of output in one event: the rest is dropped)`);
      return;
    }
    this.#written += bytes.length;
    let rest = bytes;
    for (let at = rest.indexOf(NEWLINE); at !== -1; at = rest.indexOf(NEWLINE)) {
      this.#add(rest.subarray(0, at));
      this.#emit();
      rest = rest.subarray(at + 1);
    }
    this.#add(rest);
  }

  /** Ends an event: what has no line end yet is a line, too. */
  end(): void {
    if (this.#pending > 0) this.#emit();
  }

  #add(bytes: Uint8Array): void {
    let rest = bytes;
    while (this.#pending + rest.length > MAX_LINE) {
      const fits = MAX_LINE - this.#pending;
      this.#keep(rest.subarray(0, fits));
      this.#emit();
      rest = rest.subarray(fits);
    }
    this.#keep(rest);
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#parts.push(bytes);
    this.#pending += bytes.length;
  }

  #emit(): void {
    const text = Buffer.concat(this.#parts, this.#pending).toString('utf8');
    this.#parts = [];
    this.#pending = 0;
    this.#line(text.endsWith('\r') ? text.slice(0, -1) : text);
  }
}

const NEWLINE = 10;
