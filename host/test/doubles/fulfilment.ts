import { fulfilment } from '../../../components/fulfilment/fulfilment.ts';

/** The contract as Receiver imports it, carried by Fulfilment itself. */
export const submit = fulfilment.submit.bind(fulfilment);
