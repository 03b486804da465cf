import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OUT } from './chain.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A store that keeps nothing: what an order costs beside it is what its services and their edge cost. */
const STUB = `export class Store {
  static open(_label: string): Store {
    return new Store();
  }
  exists(_key: string): boolean {
    return false;
  }
  set(_key: string, _value: Uint8Array): void {}
}
`;

/**
 * Copies the orders app, changed in one thing: Fulfilment prints the details of an order when it has fulfilled it,
 * so that whoever measures need not ask for its status. With `stub`, Receiver and Fulfilment have no store.
 * Returns the manifest.
 */
export function writeOrders(store: 'kept' | 'stub', folder = OUT): string {
  const root = join(folder, `orders-${store}`);
  mkdirSync(root, { recursive: true });
  for (const part of ['wit', 'components', 'composed/orders.toml']) {
    const from = join(ROOT, part);
    const source = (path: string): boolean => !/\.gen\.|\.test\.ts$/.test(path);
    cpSync(from, join(root, part), { recursive: true, filter: source });
  }
  const change = (file: string, from: string | RegExp, to: string): void => {
    const path = join(root, file);
    const text = readFileSync(path, 'utf8');
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`${file} has no ${from}: the orders app has changed`);
    writeFileSync(path, changed);
  };
  const done = "new TextEncoder().encode('fulfilled'));";
  change('components/fulfilment/fulfilment.ts', done, `${done}\n    console.log(order.details);`);
  if (store === 'stub') {
    for (const name of ['receiver', 'fulfilment']) {
      writeFileSync(join(root, 'components', name, 'store.ts'), STUB);
      change(`components/${name}/${name}.ts`, "'fermyon:spin/key-value@2.0.0'", "'./store.ts'");
      change(`components/${name}/world.wit`, /^ *import fermyon:spin\/key-value@2\.0\.0;\n/m, '');
    }
    change('composed/orders.toml', '["key-value", "random"]', '["random"]');
    change(
      'composed/orders.toml',
      /(path = "\.\.\/components\/fulfilment"\ngrants = )\["key-value"\]/,
      '$1[]',
    );
  }
  return join(root, 'composed/orders.toml');
}
