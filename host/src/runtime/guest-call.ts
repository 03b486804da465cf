import type { EventOutcome, HttpRequest, UnitEvent } from './types.ts';

type Exports = Readonly<Record<string, unknown>>;
type GuestFunction = (...args: readonly unknown[]) => unknown;

const INBOUND_HTTP = 'fermyon:spin/inbound-http';
const NO_BYTES = new Uint8Array(0);

/** What a response looks like in the glue's representation. */
interface GuestResponse {
  readonly status: number;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: Uint8Array;
}

/** What a guest gave back, and whether it says that the event failed, so that nothing of it may remain. */
export interface GuestAnswer {
  readonly outcome: EventOutcome;
  readonly failed: boolean;
}

/** Calls the export that an event is for. Throws what the glue throws: traps, and errors of a `result`. */
export function callGuest(exports: Exports, event: UnitEvent): GuestAnswer {
  if (event.kind === 'http') {
    const handle = find(exports, INBOUND_HTTP, 'handle-request');
    const { status, headers, body } = handle(guestRequest(event.request)) as GuestResponse;
    const response = { status, headers: headers ?? [], body: body ?? NO_BYTES };
    return { outcome: { kind: 'response', response }, failed: status === 500 && !headers && !body };
  }
  const value = find(exports, event.interface, event.function)(...event.args);
  return { outcome: { kind: 'result', value }, failed: false };
}

/**
 * The error that a guest returned in a `result`, if that is what was thrown: the glue throws those as
 * ComponentError with the value in `payload`.
 */
export function returnedError(thrown: unknown): { readonly error: unknown } | undefined {
  if (!(thrown instanceof Error) || thrown.constructor.name !== 'ComponentError') return undefined;
  return { error: (thrown as { payload?: unknown }).payload };
}

function guestRequest({ method, uri, headers, body }: HttpRequest): unknown {
  return { method: method.toLowerCase(), uri, headers, params: [], body };
}

function find(exports: Exports, interfaceId: string | null, name: string): GuestFunction {
  const holder = interfaceId === null ? exports : exports[interfaceId];
  const member = (holder as Exports | undefined)?.[camelCase(name)];
  if (typeof member !== 'function') {
    throw new TypeError(`the unit does not export ${interfaceId === null ? name : `${interfaceId}#${name}`}`);
  }
  return member as GuestFunction;
}

const camelCased = new Map<string, string>();

/** How the glue names what WIT names in kebab-case; looked up for every event, so remembered. */
function camelCase(name: string): string {
  let found = camelCased.get(name);
  if (found === undefined) {
    found = name.replace(/-([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
    camelCased.set(name, found);
  }
  return found;
}
