/** One global that the guest supplies, and where its implementation lives. */
export interface ProvidedGlobal {
  /** Relative to guest/src. */
  readonly module: string;
  /** The module's export that stands for the global. */
  readonly export: string;
  /** Host interfaces that the implementation may import; the world must import those left in the bundle. */
  readonly imports?: readonly string[];
  /**
   * For an object of QuickJS of which the guest replaces one member (`Math` for `Math.random`): wanted only
   * where a module uses the object as a whole, as in `const { random } = Math`.
   */
  readonly whole?: true;
}

const RANDOM = 'wasi:random/random@0.2.12';
const MONOTONIC = 'wasi:clocks/monotonic-clock@0.2.12';
const STDIO = ['wasi:cli/stdout@0.2.12', 'wasi:cli/stderr@0.2.12'];
const OUTBOUND_HTTP = 'fermyon:spin/http';

/** What `fused/` may import of the host: where services share an engine, a trap of one ends the event. */
export const FUSED_IMPORTS: readonly string[] = ['wasi:cli/exit@0.2.12', ...STDIO];

/** What `messaging/` may import besides: where calls travel as messages, and where those arrive. */
export const MESSAGING_IMPORTS: readonly string[] = [
  'fermyon:spin/mqtt@2.0.0',
  'fermyon:spin/redis@2.0.0',
  'fermyon:spin/variables@2.0.0',
  RANDOM,
];

/**
 * Every global that the guest supplies, by the name that a service writes (`URL`, `globalThis.URL`, `self.URL`
 * are the same). A dotted name stands for one member, and is much less code than its object.
 */
export const PROVIDED: Readonly<Record<string, ProvidedGlobal>> = {
  TextEncoder: { module: './encoding/text-encoder.ts', export: 'TextEncoder' },
  TextDecoder: { module: './encoding/text-decoder.ts', export: 'TextDecoder' },
  URL: { module: './url/url.ts', export: 'URL' },
  URLSearchParams: { module: './url/search-params.ts', export: 'URLSearchParams' },
  Headers: { module: './http/headers.ts', export: 'Headers' },
  Request: { module: './http/request.ts', export: 'Request' },
  Response: { module: './http/response.ts', export: 'Response' },
  fetch: { module: './http/fetch.ts', export: 'fetch', imports: [OUTBOUND_HTTP] },
  Event: { module: './events/event-target.ts', export: 'Event' },
  EventTarget: { module: './events/event-target.ts', export: 'EventTarget' },
  AbortController: { module: './events/abort.ts', export: 'AbortController' },
  AbortSignal: { module: './events/abort-timeout.ts', export: 'AbortSignal', imports: [MONOTONIC] },
  'console.log': { module: './console/print.ts', export: 'log', imports: STDIO },
  'console.info': { module: './console/print.ts', export: 'log', imports: STDIO },
  'console.debug': { module: './console/print.ts', export: 'log', imports: STDIO },
  'console.warn': { module: './console/print.ts', export: 'error', imports: STDIO },
  'console.error': { module: './console/print.ts', export: 'error', imports: STDIO },
  console: { module: './console/console.ts', export: 'console', imports: STDIO },
  crypto: { module: './crypto.ts', export: 'crypto', imports: [RANDOM] },
  'Math.random': { module: './random.ts', export: 'random', imports: [RANDOM] },
  Math: { module: './random.ts', export: 'Math', imports: [RANDOM], whole: true },
  performance: { module: './performance.ts', export: 'performance', imports: [MONOTONIC] },
  structuredClone: { module: './structured-clone.ts', export: 'structuredClone' },
  setTimeout: { module: './async/timers.ts', export: 'setTimeout', imports: [MONOTONIC] },
  clearTimeout: { module: './async/timers.ts', export: 'clearTimeout', imports: [MONOTONIC] },
  setInterval: { module: './async/timers.ts', export: 'setInterval', imports: [MONOTONIC] },
  clearInterval: { module: './async/timers.ts', export: 'clearInterval', imports: [MONOTONIC] },
  queueMicrotask: { module: './async/loop.ts', export: 'queueMicrotask' },
  Promise: { module: './async/promise.ts', export: 'Promise' },
  'Array.fromAsync': { module: './async/array-from-async.ts', export: 'fromAsync' },
};

/**
 * The globals that QuickJS itself has, as a component built by componentize-qjs lists them. Left out: what
 * {@link PROVIDED} replaces, and the toolchain's own `wit` and `__cqjs`.
 */
export const NATIVE: readonly string[] = [
  'AggregateError',
  'Array',
  'ArrayBuffer',
  'BigInt',
  'BigInt64Array',
  'BigUint64Array',
  'Boolean',
  'DOMException',
  'DataView',
  'Date',
  'DisposableStack',
  'Error',
  'EvalError',
  'FinalizationRegistry',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'Function',
  'Infinity',
  'Int16Array',
  'Int32Array',
  'Int8Array',
  'InternalError',
  'Iterator',
  'JSON',
  'Map',
  'Math',
  'NaN',
  'Number',
  'Object',
  'Proxy',
  'RangeError',
  'ReferenceError',
  'Reflect',
  'RegExp',
  'Set',
  'String',
  'SuppressedError',
  'Symbol',
  'SyntaxError',
  'TypeError',
  'URIError',
  'Uint16Array',
  'Uint32Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'WeakMap',
  'WeakRef',
  'WeakSet',
  'atob',
  'btoa',
  'decodeURI',
  'decodeURIComponent',
  'encodeURI',
  'encodeURIComponent',
  'escape',
  'eval',
  'globalThis',
  'isFinite',
  'isNaN',
  'parseFloat',
  'parseInt',
  'undefined',
  'unescape',
];

const STREAMS = 'bodies are whole in a component: use text(), json(), bytes() or arrayBuffer()';
const NO_NODE = 'a component is not a Node process';
const NO_THREADS = 'a component has one thread: give the work to another service';
const NO_STORAGE = "keep state in the key-value store: import { Store } from 'fermyon:spin/key-value@2.0.0'";

/**
 * What a program for the web or for Node may expect and a component lacks, with what to do instead. A dotted
 * name is a member of a global that is there. A name that a module only tests with `typeof` is no mistake.
 */
export const LACKING: Readonly<Record<string, string>> = {
  AsyncDisposableStack: 'its promises would never settle here: use `await using`, which the build lowers',
  Atomics: NO_THREADS,
  Blob: 'use a Uint8Array',
  BroadcastChannel: 'publish to a broker instead',
  Buffer: 'use Uint8Array (toHex, toBase64, fromBase64), TextEncoder and TextDecoder',
  ByteLengthQueuingStrategy: STREAMS,
  CompressionStream: STREAMS,
  CountQueuingStrategy: STREAMS,
  CustomEvent: 'extend Event',
  DecompressionStream: STREAMS,
  EventSource: 'poll with fetch(), or subscribe to a broker by a trigger',
  File: 'use a Uint8Array',
  FileReader: 'use a Uint8Array',
  FormData: 'read the body as text with URLSearchParams, or as JSON',
  ImageData: 'use a Uint8ClampedArray',
  Intl: 'QuickJS has no locale data: format by hand, or in the client',
  MessageChannel: NO_THREADS,
  MessagePort: NO_THREADS,
  ReadableStream: STREAMS,
  SharedArrayBuffer: NO_THREADS,
  SharedWorker: NO_THREADS,
  TextDecoderStream: STREAMS,
  TextEncoderStream: STREAMS,
  TransformStream: STREAMS,
  URLPattern: 'use a regular expression on new URL(…).pathname',
  WebAssembly: 'make it a component and add it to the manifest as a service',
  WebSocket: 'exchange messages over a broker: a trigger or an edge placed on mqtt or redis',
  WebTransport: 'exchange messages over a broker: a trigger or an edge placed on mqtt or redis',
  Worker: NO_THREADS,
  WritableStream: STREAMS,
  XMLHttpRequest: 'use fetch()',
  __dirname: NO_NODE,
  __filename: NO_NODE,
  alert: 'use console.log()',
  cancelAnimationFrame: 'use clearTimeout()',
  caches: NO_STORAGE,
  clearImmediate: 'use clearTimeout()',
  'console.time': 'take two readings of performance.now()',
  'console.timeEnd': 'take two readings of performance.now()',
  'crypto.subtle':
    'only getRandomValues() and randomUUID() are there: bundle a library for hashes and signatures',
  document: 'a component has no page',
  exports: 'write an ES module',
  global: 'write globalThis',
  indexedDB: NO_STORAGE,
  localStorage: NO_STORAGE,
  location: 'the request has its URL: new URL(request.url)',
  module: 'write an ES module',
  navigator: 'a component has no browser around it',
  'performance.mark': 'take two readings of performance.now()',
  'performance.measure': 'take two readings of performance.now()',
  process: `${NO_NODE}: read settings with 'fermyon:spin/variables@2.0.0', write with console`,
  requestAnimationFrame: 'use setTimeout()',
  requestIdleCallback: 'use setTimeout()',
  require: 'write an ES module and import it: the build bundles it',
  self: 'write globalThis',
  sessionStorage: NO_STORAGE,
  setImmediate: 'use setTimeout(…, 0) or queueMicrotask()',
  window: 'write globalThis',
};
