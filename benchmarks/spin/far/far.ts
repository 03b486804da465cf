import { ask } from 'bench:near/near@0.1.0';
import type { Far } from './contract.gen.ts';

export const far: Far = { ask: (n) => ask(n + 1) };
