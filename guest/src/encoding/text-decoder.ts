import { bytesOf } from './buffer-source.ts';
import { decodeValid, Utf8Decoder } from './utf8.ts';

const LABEL =
  /^[\t\n\f\r ]*(?:utf-?8|unicode-1-1-utf-8|unicode11utf8|unicode20utf8|x-unicode20utf8)[\t\n\f\r ]*$/i;

const STATE: unique symbol = Symbol('decoder');

/** `TextDecoder` (Encoding Standard §7.1), for UTF-8 only. */
export class TextDecoder {
  declare private [STATE]: {
    readonly fatal: boolean;
    readonly ignoreBOM: boolean;
    decoder: Utf8Decoder | undefined;
    /** Whether text has come out since the last flush: a byte order mark is one only before it. */
    started: boolean;
  };

  constructor(label = 'utf-8', options: { fatal?: boolean; ignoreBOM?: boolean } = {}) {
    if (!LABEL.test(`${label}`)) {
      throw new RangeError(
        `The encoding "${label}" is not supported: a component's TextDecoder reads UTF-8 only`,
      );
    }
    this[STATE] = {
      fatal: Boolean(options?.fatal),
      ignoreBOM: Boolean(options?.ignoreBOM),
      decoder: undefined,
      started: false,
    };
  }

  get encoding(): string {
    return 'utf-8';
  }

  get fatal(): boolean {
    return this[STATE].fatal;
  }

  get ignoreBOM(): boolean {
    return this[STATE].ignoreBOM;
  }

  /** Throws a TypeError where the bytes are not UTF-8 and the decoder is fatal. */
  decode(input?: ArrayBufferView | ArrayBuffer, options: { stream?: boolean } = {}): string {
    const state = this[STATE];
    const stream = Boolean(options?.stream);
    const bytes = input === undefined ? new Uint8Array() : bytesOf(input);
    if (bytes === undefined)
      throw new TypeError('TextDecoder.decode: expected an ArrayBuffer or a view of one');
    let text = state.decoder === undefined && !stream ? decodeValid(bytes) : undefined;
    if (text === undefined) {
      state.decoder ??= new Utf8Decoder();
      text = state.decoder.decode(bytes, !stream, state.fatal);
    }
    if (text === undefined) {
      state.decoder = undefined;
      state.started = false;
      throw new TypeError('The encoded data was not valid for encoding utf-8');
    }
    const cut = !state.started && !state.ignoreBOM && text.charCodeAt(0) === 0xfeff;
    if (stream) state.started ||= text.length > 0;
    else {
      state.started = false;
      state.decoder = undefined;
    }
    return cut ? text.slice(1) : text;
  }

  get [Symbol.toStringTag](): string {
    return 'TextDecoder';
  }
}
