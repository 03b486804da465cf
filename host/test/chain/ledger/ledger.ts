import { Store } from 'fermyon:spin/key-value@2.0.0';
import type { Ledger } from './contract.gen.ts';

export const ledger: Ledger = {
  note(entry) {
    const store = Store.open('default');
    store.set(`ledger/${entry.basket}`, new TextEncoder().encode(JSON.stringify(entry)));
  },
};
