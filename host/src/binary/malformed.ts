/** What is wrong with bytes: not what the format says, an opcode we do not know, or more than we take. */
export type MalformedKind = 'malformed' | 'unknown-opcode' | 'invalid' | 'limit';

/**
 * Thrown by readers of bytes, and only inside the rooms that read them: their public functions turn it into
 * a Diagnostic. Offsets count from the start of the whole file.
 */
export class Malformed extends Error {
  override readonly name = 'Malformed';
  readonly kind: MalformedKind;
  readonly offset: number;
  readonly expected: string | undefined;
  readonly found: string | undefined;

  constructor(
    kind: MalformedKind,
    message: string,
    offset: number,
    details: { expected?: string; found?: string } = {},
  ) {
    super(message);
    this.kind = kind;
    this.offset = offset;
    this.expected = details.expected;
    this.found = details.found;
  }
}

/** An offset or opcode as people compare it with a hex dump. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
