import { connectAsync, type IClientOptions } from 'mqtt';

/** A foreign client that hears what is published. */
export interface Listener extends AsyncDisposable {
  /** `topic: payload`, as text. */
  readonly heard: readonly string[];
  /** Resolves once so many messages are there. */
  until(count: number): Promise<readonly string[]>;
}

/** Subscribes with a clean session, unless the options say otherwise. */
export async function listen(
  address: string,
  topic: string,
  { qos = 2, ...options }: IClientOptions & { readonly qos?: 0 | 1 | 2 } = {},
): Promise<Listener> {
  const client = await connectAsync(address, { protocolVersion: 4, reconnectPeriod: 0, ...options });
  const heard: string[] = [];
  const waiting = new Set<() => void>();
  client.on('message', (from, payload) => {
    heard.push(`${from}: ${payload.toString('latin1')}`);
    for (const look of waiting) look();
  });
  await client.subscribeAsync(topic, { qos });
  return {
    heard,
    until: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (heard.length < count) return;
          waiting.delete(look);
          resolve([...heard]);
        };
        waiting.add(look);
        look();
      }),
    async [Symbol.asyncDispose]() {
      await client.endAsync(true);
    },
  };
}
