import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createTRPCClient, httpLink } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { answer, type Argument } from '../payloads.ts';
import type { Transport } from '../transport.ts';

const t = initTRPC.create();
/** Takes the input as it is: what a validator costs is the user's choice. */
const procedure = t.procedure.input((input: unknown) => input as Argument);
const router = t.router({
  ping: procedure.mutation(({ input }) => answer('ping', input)),
  echo: procedure.mutation(({ input }) => answer('echo', input)),
  judge: procedure.mutation(({ input }) => answer('judge', input)),
});

/** tRPC over HTTP, with its own server and its client over Node's fetch. */
export const trpc: Transport = {
  async serve() {
    const server = createHTTPServer({ router });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
  async connect(address) {
    const client = createTRPCClient<typeof router>({ links: [httpLink({ url: address })] });
    return {
      call: (name, argument) => client[name].mutate(argument),
      close: async () => {},
    };
  },
};
