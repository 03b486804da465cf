import { readFile } from 'node:fs/promises';
import { ownQuickjs, quickjs } from '../link/quickjs.ts';

const API = `interface api {
  resource counter { constructor(n: u32); up: func(by: u32); value: func() -> u32; }
  divide: func(a: u32, b: u32) -> result<u32, string>;
  echo: func(bytes: list<u8>) -> list<u8>;
}`;
const HELPER = `package t:helper; ${API} world w { export api; }`;
const FEATURES = `package t:features;
interface probe { names: func() -> list<string>; run: func(name: string) -> string; crash: func(); }
world w { import t:helper/api; export probe; }
package t:helper { ${API} }`;

/** A world with functions of its own, as an MQTT trigger's. */
const MESSAGES = `package t:messages;
world w {
  use spin:mqtt-trigger/spin-mqtt-types.{payload, metadata, error};
  export handle-message: func(message: payload, metadata: metadata) -> result<_, error>;
  export count: func() -> u32;
}
package spin:mqtt-trigger {
  interface spin-mqtt-types {
    variant error { other(string) }
    type payload = list<u8>;
    record metadata { topic: string }
  }
}`;
const MESSAGES_SOURCE = `
let n = 0;
export const count = () => n;
export function handleMessage(payload, { topic }) {
  n += payload.length * topic.length;
  if (payload.length === 0) throw { tag: 'other', val: 'empty ' + topic };
}`;

const source = (name: string): Promise<string> => readFile(new URL(name, import.meta.url), 'utf8');

/** By componentize-qjs alone, or as Tenon builds services. */
export type Builder = 'toolchain' | 'tenon';
const BUILD = { toolchain: quickjs, tenon: ownQuickjs } as const;

/** Tries what the language has, one case after another; calls the helper for what crosses components. */
export const featuresService = async (by: Builder): Promise<Uint8Array> =>
  BUILD[by](FEATURES, 't:features/w', await source('features.js'));
export const helperService = async (by: Builder): Promise<Uint8Array> =>
  BUILD[by](HELPER, 't:helper/w', await source('helper.js'));
export const messagesService = (): Promise<Uint8Array> => quickjs(MESSAGES, 't:messages/w', MESSAGES_SOURCE);
