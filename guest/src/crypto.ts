import { getRandomBytes } from 'wasi:random/random@0.2.12';
import { requireLive } from './async/loop.ts';

/** The Web Crypto quota of one call, in bytes. */
const QUOTA = 65_536;

type IntegerArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** Fills `array` with random bytes of the host. Throws TypeMismatchError or QuotaExceededError, as the web does. */
function getRandomValues<T extends IntegerArray>(array: T): T {
  requireLive('crypto.getRandomValues()');
  if (!ArrayBuffer.isView(array)) throw new TypeError('getRandomValues: expected an integer typed array');
  if (array instanceof DataView || array[Symbol.toStringTag].startsWith('Float')) {
    throw new DOMException('getRandomValues: expected an integer typed array', 'TypeMismatchError');
  }
  const { buffer, byteOffset, byteLength } = array;
  if (byteLength > QUOTA) {
    throw new DOMException(`getRandomValues: ${byteLength} bytes exceed ${QUOTA}`, 'QuotaExceededError');
  }
  if (byteLength > 0) new Uint8Array(buffer, byteOffset, byteLength).set(getRandomBytes(byteLength));
  return array;
}

/** A random UUID, version 4 (RFC 9562). */
function randomUUID(): `${string}-${string}-${string}-${string}-${string}` {
  requireLive('crypto.randomUUID()');
  const bytes = getRandomBytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  let hex = '';
  for (const byte of bytes) hex += (byte + 256).toString(16).slice(1);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export const crypto = { getRandomValues, randomUUID };
