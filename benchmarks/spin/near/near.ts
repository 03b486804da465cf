import type { Near } from './contract.gen.ts';

export const near: Near = { ask: (n) => n + 1 };
