import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyOfOrders } from '../orders/app.ts';

/** The details of an order that Fulfilment never comes to an end with, so that its worker is ended. */
export const POISON = 'poison';
export const DEADLINE_SECONDS = 4;

/** Fulfilment as the sample has it, which also counts what it does, in the same event. */
const FULFILMENT = `import { Store } from 'fermyon:spin/key-value@2.0.0';
import type { Fulfilment } from './contract.gen.ts';
import { fulfilment as sample } from './sample.ts';

export const fulfilment: Fulfilment = {
  submit(order) {
    if (order.details === '${POISON}') for (;;);
    const store = Store.open('default');
    const key = 'count ' + order.id;
    const before = store.get(key);
    const count = before ? Number(new TextDecoder().decode(before)) : 0;
    store.set(key, new TextEncoder().encode(String(count + 1)));
    return sample.submit(order);
  },
};
`;

const TALLY = `import { Store } from 'fermyon:spin/key-value@2.0.0';

export default {
  fetch(): Response {
    const store = Store.open('default');
    const counts = store
      .getKeys()
      .filter((key) => key.startsWith('count '))
      .map((key) => [key.slice(6), Number(new TextDecoder().decode(store.get(key)!))]);
    return Response.json(Object.fromEntries(counts));
  },
};
`;

const TALLY_WORLD = `package test:tally;

world tally {
  import fermyon:spin/key-value@2.0.0;
  export fermyon:spin/inbound-http;
}
`;

const MANIFEST = `retries = 1

[service.tally]
path = "../components/tally"
grants = ["key-value"]

[[trigger.http]]
route = "/tally"
service = "tally"

[limits]
deadline = "${DEADLINE_SECONDS} s"

[profile.redis.edge.receiver.fulfilment]`;

/** The ordering app, with a count for each order of how often it was fulfilled: `GET /tally`. */
export async function countingOrders(): Promise<{ readonly manifest: string } & AsyncDisposable> {
  const copy = await copyOfOrders();
  const components = join(copy.path, 'components');
  const fulfilment = join(components, 'fulfilment', 'fulfilment.ts');
  writeFileSync(join(components, 'fulfilment', 'sample.ts'), readFileSync(fulfilment));
  writeFileSync(fulfilment, FULFILMENT);
  mkdirSync(join(components, 'tally'));
  writeFileSync(join(components, 'tally', 'tally.ts'), TALLY);
  writeFileSync(join(components, 'tally', 'world.wit'), TALLY_WORLD);
  const text = readFileSync(copy.manifest, 'utf8');
  writeFileSync(
    copy.manifest,
    text.replace('\n[profile.redis.edge.receiver.fulfilment]', () => MANIFEST),
  );
  return copy;
}

/** By order id, how often it was fulfilled. */
export async function tally(base: string): Promise<Readonly<Record<string, number>>> {
  const response = await fetch(`${base}/tally`);
  return (await response.json()) as Record<string, number>;
}
