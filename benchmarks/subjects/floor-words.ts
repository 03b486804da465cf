/** Words of the memory that the server of the floor shares with its worker. */
export const WORD = { called: 0, answered: 1, request: 2, answer: 3 } as const;
/** Where the bytes of request and answer begin. */
export const CONTENTS = 64;
export const MEMORY = 64 * 1024;

/** How much of an order's way a server goes. */
export const STEPS = {
  http: 'node:http alone',
  worker: '+ a worker thread',
  store: '+ the store',
  least: '+ two linked services, the least',
  reset: '+ their reset',
  order: 'the orders app, tenon up',
} as const;
export type Step = keyof typeof STEPS;

/** What a server of the floor is started with. */
export interface FloorSetup {
  readonly step: Step;
  /** The component of the least services, where they take part. */
  readonly wasm: string;
  /** Where it is transpiled to. */
  readonly cache: string;
  /** The orders app. */
  readonly manifest: string;
  /** A folder for the store. */
  readonly state: string;
}
