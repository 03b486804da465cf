import { promiseOf } from '../async/promise.ts';
import { bytesOf } from '../encoding/buffer-source.ts';
import { decodeUtf8, encodeUtf8 } from '../encoding/utf8.ts';
import type { URLSearchParams } from '../url/search-params.ts';

/**
 * Bodies (Fetch Standard §5.3). A component has a body whole or not at all: no streams, and text stays text
 * until somebody wants bytes.
 */

export type BodyInit = string | ArrayBuffer | ArrayBufferView | URLSearchParams | BodyHandle;

interface BodyState {
  readonly content: string | Uint8Array;
  used: boolean;
}

const STATE: unique symbol = Symbol('body');

/** What `body` of a request or response is: good for nothing but to become the body of another. */
export class BodyHandle {
  declare [STATE]: BodyState;

  constructor(state: BodyState) {
    this[STATE] = state;
  }

  get locked(): boolean {
    return this[STATE].used;
  }
}

/** What requests and responses have in common. */
export class Body {
  declare [STATE]: BodyState | null;

  get body(): BodyHandle | null {
    const state = this[STATE];
    return state && new BodyHandle(state);
  }

  get bodyUsed(): boolean {
    return this[STATE]?.used ?? false;
  }

  text(): Promise<string> {
    return consume(this[STATE], textOf);
  }

  json(): Promise<unknown> {
    return consume(this[STATE], jsonOf);
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return consume(this[STATE], copyOf);
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return consume(this[STATE], bufferOf);
  }
}

/** Gives `owner` its body, and returns the content type that the body implies. */
export function setBody(owner: Body, init: BodyInit | null | undefined): string | null {
  if (typeof init === 'string') return setText(owner, init);
  if (init === null || init === undefined) {
    owner[STATE] = null;
    return null;
  }
  if (init instanceof BodyHandle) {
    if (init[STATE].used) throw new TypeError('the body has already been used');
    owner[STATE] = init[STATE];
    return null;
  }
  // Not by its class, which would then be part of every bundle.
  if (Object.prototype.toString.call(init) === '[object URLSearchParams]') {
    owner[STATE] = { content: String(init as URLSearchParams), used: false };
    return 'application/x-www-form-urlencoded;charset=UTF-8';
  }
  const bytes = bytesOf(init);
  if (bytes === undefined) return setText(owner, `${init as unknown as string}`);
  owner[STATE] = { content: bytes.slice(), used: false };
  return null;
}

function setText(owner: Body, text: string): string {
  owner[STATE] = { content: text.toWellFormed(), used: false };
  return 'text/plain;charset=UTF-8';
}

/** Gives `owner` well-formed text, or bytes that nobody else holds. */
export function adoptBody(owner: Body, content: string | Uint8Array | null): void {
  owner[STATE] = content === null ? null : { content, used: false };
}

/** The body of a request or response, encoded; marks it used. Throws a TypeError if it has been used. */
export function takeBytes(owner: Body): Uint8Array | null {
  const state = owner[STATE];
  if (state === null) return null;
  const content = take(state);
  return typeof content === 'string' ? encodeUtf8(content) : content;
}

/** The body of another, taken over, as `new Request(request)` does: the other's is used then. */
export function takeOver(owner: Body, other: Body): void {
  const state = other[STATE];
  owner[STATE] = state && { content: take(state), used: false };
}

/** The same content for a clone. */
export function shareBody(owner: Body, other: Body): void {
  const state = other[STATE];
  if (state?.used) throw new TypeError('clone: the body has already been used');
  owner[STATE] = state && { content: state.content, used: false };
}

function consume<T>(state: BodyState | null, read: (content: string | Uint8Array) => T): Promise<Awaited<T>> {
  return promiseOf(readOnce<T>, state, read);
}

function readOnce<T>(state: BodyState | null, read: (content: string | Uint8Array) => T): T {
  return read(state === null ? '' : take(state));
}

function take(state: BodyState): string | Uint8Array {
  if (state.used) throw new TypeError('Body is unusable: Body has already been read');
  state.used = true;
  return state.content;
}

/** UTF-8 decode (Encoding Standard §6): a byte order mark goes. */
function textOf(content: string | Uint8Array): string {
  const text = typeof content === 'string' ? content : decodeUtf8(content);
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function copyOf(content: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return typeof content === 'string' ? encodeUtf8(content) : (content.slice() as Uint8Array<ArrayBuffer>);
}

function jsonOf(content: string | Uint8Array): unknown {
  return JSON.parse(textOf(content));
}

function bufferOf(content: string | Uint8Array): ArrayBuffer {
  return copyOf(content).buffer;
}
