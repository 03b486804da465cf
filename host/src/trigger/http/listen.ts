import { createServer, type Server } from 'node:net';
import { problem } from '../../diagnostics/error.ts';

export interface ListenAddress {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** Reads `127.0.0.1:3000`, `localhost:3000` or `[::1]:3000`; throws `trigger/invalid-address`. */
export function parseListenAddress(text: string): ListenAddress {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port > 65_535) {
    throw problem('trigger/invalid-address', `${JSON.stringify(text)} is not an address to listen on`, {
      where: '--listen',
      expected: 'an address and a port up to 65535, such as 127.0.0.1:3000 or [::1]:3000',
      found: text,
    });
  }
  // As in Spin, `localhost` is the IPv4 address, whatever the resolver says first.
  return { host: host === 'localhost' ? '127.0.0.1' : host, port };
}

/** Binds a server; resolves to its URL. Throws `trigger/address-in-use` or `trigger/cannot-listen`. */
export async function listen(server: Server, { host, port }: ListenAddress): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  }).catch((cause: NodeJS.ErrnoException) => {
    const where = printed(host, port);
    if (cause.code === 'EADDRINUSE') {
      throw problem('trigger/address-in-use', `port ${port} on ${host} is already in use`, {
        where,
        expected: 'a free port',
        found: `another process listens on ${where}`,
        next: `Stop the other process, or listen elsewhere: --listen ${printed(host, port < 65_535 ? port + 1 : 3000)}`,
        cause,
      });
    }
    throw problem('trigger/cannot-listen', `cannot listen on ${where}: ${cause.message}`, {
      where,
      expected: 'an address of this machine',
      found: cause.code ?? cause.message,
      cause,
    });
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string')
    throw problem('internal/bug', `${host}:${port} gave no address`);
  return `http://${printed(bound.address, bound.port)}`;
}

/** Throws what listen() would throw now, so that a taken port is known before the work that needs it. */
export async function checkAddress(address: ListenAddress): Promise<void> {
  if (address.port === 0) return;
  const probe = createServer();
  await listen(probe, address);
  await new Promise((resolve) => probe.close(resolve));
}

function printed(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
