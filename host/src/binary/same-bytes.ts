/** Whether two views hold the same bytes; as memory, since modules are large. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  return a.buffer === b.buffer && a.byteOffset === b.byteOffset ? true : memory(a).equals(memory(b));
}

function memory({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
