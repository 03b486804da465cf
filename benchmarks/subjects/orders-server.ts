import { startMeasured } from './app.ts';
import type { StartOptions } from '../../host/src/trigger/app.ts';

/** What the server is started with. */
export interface OrdersSetup {
  readonly options: StartOptions;
  readonly brokers: readonly ('redis' | 'mqtt')[];
}

/** An order that Fulfilment has handled, and when: ns of the clock that all processes of a machine share. */
export type Fulfilled = readonly [details: string, at: number];

export type ToServer =
  | { readonly do: 'start'; readonly setup: OrdersSetup }
  /** Answers when so many orders have been fulfilled since the last time: all of them. */
  | { readonly do: 'fulfilled'; readonly count: number };

/** The orders app in a process of its own, so that client and server share nothing but the machine. */
let fulfilled: Fulfilled[] = [];
let wanted = Infinity;

function tell(): void {
  if (fulfilled.length < wanted) return;
  const all = fulfilled;
  fulfilled = [];
  wanted = Infinity;
  process.send?.({ fulfilled: all, memory: process.memoryUsage.rss() });
}

async function start({ options, brokers }: OrdersSetup): Promise<void> {
  const started = await startMeasured(
    {
      ...options,
      log({ level, stream, message }) {
        if (stream !== 'stdout')
          return level === 'error' ? void process.stderr.write(`${message}\n`) : undefined;
        // `fulfilment: 17` where the unit has several services.
        fulfilled.push([message.replace(/^fulfilment: /, ''), Number(process.hrtime.bigint())]);
        return tell();
      },
    },
    brokers,
  );
  process.once('disconnect', () => void started[Symbol.asyncDispose]().then(() => process.exit()));
  process.send?.({ url: started.app.url });
}

process.on('message', (message: ToServer) => {
  if (message.do === 'start') {
    start(message.setup).catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    });
  } else {
    wanted = message.count;
    tell();
  }
});
