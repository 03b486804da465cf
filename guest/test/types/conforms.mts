import { fromAsync } from '../../src/async/array-from-async.ts';
import * as loop from '../../src/async/loop.ts';
import * as promise from '../../src/async/promise.ts';
import * as timers from '../../src/async/timers.ts';
import { console as guestConsole } from '../../src/console/console.ts';
import { crypto as guestCrypto } from '../../src/crypto.ts';
import type * as decoder from '../../src/encoding/text-decoder.ts';
import type * as encoder from '../../src/encoding/text-encoder.ts';
import type * as timeout from '../../src/events/abort-timeout.ts';
import type * as abort from '../../src/events/abort.ts';
import type * as events from '../../src/events/event-target.ts';
import * as fetching from '../../src/http/fetch.ts';
import type * as headers from '../../src/http/headers.ts';
import type * as requests from '../../src/http/request.ts';
import type * as responses from '../../src/http/response.ts';
import { performance as guestPerformance } from '../../src/performance.ts';
import * as cloning from '../../src/structured-clone.ts';
import type * as params from '../../src/url/search-params.ts';
import type * as urls from '../../src/url/url.ts';

/** Compiled with the globals of services and without the DOM: the guest has what globals.d.ts declares. */
type HasAll<Declared, Implementation> = keyof Declared extends keyof Implementation ? true : never;
function check<Declared>(_implementation: Declared): void {}

check<HasAll<TextEncoder, encoder.TextEncoder>>(true);
check<HasAll<TextDecoder, decoder.TextDecoder>>(true);
check<HasAll<URL, urls.URL>>(true);
check<HasAll<typeof URL, typeof urls.URL>>(true);
check<HasAll<URLSearchParams, params.URLSearchParams>>(true);
check<HasAll<Headers, headers.Headers>>(true);
check<HasAll<Request, requests.Request>>(true);
check<HasAll<Response, responses.Response>>(true);
check<HasAll<typeof Response, typeof responses.Response>>(true);
check<HasAll<Event, events.Event>>(true);
check<HasAll<EventTarget, events.EventTarget>>(true);
check<HasAll<AbortSignal, abort.AbortSignal>>(true);
check<HasAll<typeof AbortSignal, typeof timeout.AbortSignal>>(true);
check<HasAll<AbortController, abort.AbortController>>(true);
check<PromiseConstructor>(promise.Promise);
check<typeof queueMicrotask>(loop.queueMicrotask);
check<typeof setTimeout>(timers.setTimeout);
check<typeof setInterval>(timers.setInterval);
check<typeof clearTimeout>(timers.clearTimeout);
check<typeof console>(guestConsole);
check<typeof crypto>(guestCrypto);
check<typeof performance>(guestPerformance);
check<typeof structuredClone>(cloning.structuredClone);
check<(input: string) => Promise<{ readonly status: number }>>(fetching.fetch);
check<(source: readonly number[]) => Promise<unknown[]>>(fromAsync);
