/** The types of `fermyon:spin/http-types`, as componentize-qjs passes them: enums are names, none is null. */

export type SpinMethod = 'get' | 'post' | 'put' | 'delete' | 'patch' | 'head' | 'options';

export interface SpinRequest {
  readonly method: SpinMethod;
  /** Inbound: path and query, or an absolute URL. Outbound: an absolute URL. */
  readonly uri: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly params: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array | null;
}

export interface SpinResponse {
  readonly status: number;
  readonly headers?: readonly (readonly [name: string, value: string])[] | null;
  readonly body?: Uint8Array | null;
}

/** The methods that `fermyon:spin/http-types` has; others cannot be told. */
export const SPIN_METHODS: readonly string[] = ['get', 'post', 'put', 'delete', 'patch', 'head', 'options'];
