import { Store } from 'fermyon:spin/key-value@2.0.0';
import { submit } from 'bench:order-floor/fulfilment@0.1.0';
import type { InboundHttp } from './contract.gen.ts';

const created = new Uint8Array([99, 114, 101, 97, 116, 101, 100]);
const ID = '/order/'.length;

export const inboundHttp: InboundHttp = {
  handleRequest({ uri, body }) {
    const key = uri.slice(ID);
    Store.open('default').set(key, created);
    submit({ id: Number(key), details: 'your order', status: 'created' });
    return { status: 202, headers: [], body };
  },
};
