import { Store } from 'fermyon:spin/key-value@2.0.0';
import { echoes } from '../echoes.ts';
import { encode } from '../encoding.ts';
import type { Notes } from './contract.gen.ts';

/** Each function notes its argument under its own name, in encoding.ts's writing. */
const noting = [...Object.keys(echoes), 'anOptionInTheMiddle'].map((name) => [
  name,
  (calls: unknown) => Store.open('default').set(name, new TextEncoder().encode(encode(calls))),
]);

export const notes = Object.fromEntries(noting) as Notes;
