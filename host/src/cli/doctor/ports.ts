import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Finding } from './check.ts';

/** Whether the address is free that `tenon up` serves on. */
export async function checkPort(port: number, host = '127.0.0.1'): Promise<Finding> {
  const what = `port ${port}`;
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return { what, state: 'ok', found: 'free' };
  } catch (error) {
    return {
      what,
      state: 'problem',
      found: `cannot be listened on (${(error as NodeJS.ErrnoException).code})`,
      fix: `Stop what listens there, or serve elsewhere: tenon up --listen ${host}:${port + 1}.`,
    };
  } finally {
    server.close();
  }
}

/** Whether a broker listens where apps look for one by default; it need not. */
export async function checkBroker(
  what: string,
  port: number,
  fix: string,
  host = '127.0.0.1',
): Promise<Finding> {
  const socket = connect({ port, host });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(1000) });
    return { what, state: 'ok', found: `listens on ${host}:${port}` };
  } catch {
    return { what, state: 'absent', found: `nothing on ${host}:${port}`, fix };
  } finally {
    socket.destroy();
  }
}
