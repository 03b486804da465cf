import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer, type Argument, type Payload } from '../payloads.ts';
import type { Transport } from '../transport.ts';

/** JSON over HTTP with Node's own server and client, which sets TCP_NODELAY, on one keep-alive connection. */
export const nodeHttp: Transport = {
  serve: serveJson,
  async connect(address) {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    return {
      async call(name, argument) {
        const body = Buffer.from(JSON.stringify(argument));
        const sent = request(`${address}/${name}`, {
          agent,
          method: 'POST',
          headers: { 'content-type': 'application/json', 'content-length': body.length },
        });
        sent.end(body);
        const [response] = (await once(sent, 'response')) as [IncomingMessage];
        return JSON.parse(await textOf(response)) as Argument;
      },
      close: async () => agent.destroy(),
    };
  },
};

/** The callee of every HTTP client; without TCP's delay. */
export async function serveJson(): Promise<string> {
  const server = createServer({ noDelay: true, keepAlive: true }, (incoming, response) => {
    void (async () => {
      const name = incoming.url?.slice(1) as Payload['call'];
      const body = Buffer.from(JSON.stringify(answer(name, JSON.parse(await textOf(incoming)) as Argument)));
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
      response.end(body);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function textOf(message: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => resolve(Buffer.concat(chunks).toString()));
    message.on('error', reject);
  });
}
