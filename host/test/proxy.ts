import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Towards the server, or back to the client. */
export type Direction = 'up' | 'down';

/** A TCP proxy on loopback that can be told to be a bad network. */
export interface Proxy extends AsyncDisposable {
  /** As the target's, with the proxy's own port. */
  readonly address: string;
  readonly port: number;
  /** Connections that are open now. */
  readonly open: number;
  /** Connections that were made so far. */
  readonly connections: number;
  /** Breaks all connections off; new ones are taken. */
  cut(): void;
  /** Breaks all connections off and refuses new ones, until `accept`. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  /** Keeps what goes in a direction, in order, until `release`; connections stay open. */
  hold(direction: Direction): void;
  /** Holds from the next piece of data on that has `text` in it; resolves once that is there. */
  holdFrom(direction: Direction, text: string): Promise<void>;
  release(direction: Direction): void;
  /** Each piece of data arrives so much later, ms; 0 ends it. */
  delay(ms: number): void;
  /** Of the next piece of data in a direction one half arrives, then its connection breaks off. */
  halve(direction: Direction): void;
  /** Resolves with the next piece of data that is to go in a direction, held back or not. */
  next(direction: Direction): Promise<Buffer>;
}

interface Way {
  held: (() => void)[] | undefined;
  halveNext: boolean;
  /** What is to be held from, and whom to tell. */
  from: { readonly text: string; readonly there: () => void } | undefined;
  waiting: ((data: Buffer) => void)[];
}

/** Starts a proxy before `target`, an address such as `mqtt://127.0.0.1:1883`. */
export async function startProxy(target: string): Promise<Proxy> {
  const url = new URL(target);
  const ways: Record<Direction, Way> = {
    up: { held: undefined, halveNext: false, from: undefined, waiting: [] },
    down: { held: undefined, halveNext: false, from: undefined, waiting: [] },
  };
  const pairs = new Set<readonly [Socket, Socket]>();
  const timers = new Set<NodeJS.Timeout>();
  let delayMs = 0;
  let connections = 0;
  let server: Server | undefined;
  let port = 0;

  function accepted(client: Socket): void {
    connections++;
    const upstream = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    client.on('data', (data: Buffer) => pass('up', data, upstream, end));
    upstream.on('data', (data: Buffer) => pass('down', data, client, end));
  }

  function pass(direction: Direction, data: Buffer, to: Socket, end: () => void): void {
    const way = ways[direction];
    for (const heard of way.waiting.splice(0)) heard(data);
    if (way.from && data.includes(way.from.text)) {
      way.held ??= [];
      way.from.there();
      way.from = undefined;
    }
    const half = way.halveNext;
    way.halveNext = false;
    const send = (): void => {
      if (to.destroyed) return;
      if (half) to.write(data.subarray(0, Math.floor(data.length / 2)), end);
      else to.write(data);
    };
    if (way.held) way.held.push(send);
    else if (delayMs === 0) send();
    else {
      const timer = setTimeout(() => {
        timers.delete(timer);
        send();
      }, delayMs);
      timers.add(timer);
    }
  }

  async function listen(): Promise<void> {
    server = createServer({ noDelay: true }, accepted).listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  }

  function cut(): void {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
    pairs.clear();
  }

  async function refuse(): Promise<void> {
    const closing = server;
    server = undefined;
    const closed = closing && once(closing, 'close');
    closing?.close();
    cut();
    await closed;
  }

  await listen();
  return {
    get address() {
      return `${url.protocol}//127.0.0.1:${port}`;
    },
    get port() {
      return port;
    },
    get open() {
      return pairs.size;
    },
    get connections() {
      return connections;
    },
    cut,
    refuse,
    async accept() {
      if (!server) await listen();
    },
    hold(direction) {
      ways[direction].held ??= [];
    },
    holdFrom: (direction, text) => new Promise((there) => (ways[direction].from = { text, there })),
    release(direction) {
      const { held } = ways[direction];
      ways[direction].held = undefined;
      for (const send of held ?? []) send();
    },
    delay(ms) {
      delayMs = ms;
    },
    halve(direction) {
      ways[direction].halveNext = true;
    },
    next: (direction) => new Promise((resolve) => ways[direction].waiting.push(resolve)),
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearTimeout(timer);
      await refuse();
    },
  };
}
