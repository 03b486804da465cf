/** The same memory, not as a Buffer: parts of a Buffer are Buffers, each five times as dear to make. */
export function plainView(bytes: Uint8Array): Uint8Array {
  return Buffer.isBuffer(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) : bytes;
}
