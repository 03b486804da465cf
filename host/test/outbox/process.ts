import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { main } from '../../src/cli/main.ts';
import { ORDERS_MANIFEST } from '../orders/app.ts';

const TENON = fileURLToPath(new URL('../../bin/tenon.js', import.meta.url));

/** `tenon up` as a process of its own. */
export interface OrdersProcess extends AsyncDisposable {
  /** Empty for an app without routes. */
  readonly url: string;
  /** What it said when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** Ends it at once, as `kill -9` does. */
  kill(): Promise<void>;
  /** Ends it in order; gives its exit code. */
  stop(): Promise<number | null>;
}

export async function startOrders(...args: readonly string[]): Promise<OrdersProcess> {
  const child = spawn(
    process.execPath,
    [TENON, 'up', ORDERS_MANIFEST, '--listen', '127.0.0.1:0', '--workers', '1', '--json', ...args],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  // Whatever becomes of the test run, none is left behind.
  const onExit = (): void => void child.kill('SIGKILL');
  process.on('exit', onExit);
  const ready = await readyOf(child);
  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    process.off('exit', onExit);
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, 'exit') as Promise<[number | null]>;
    child.kill(signal);
    return (await exited)[0];
  }
  return {
    url: (ready['url'] as string | undefined) ?? '',
    ready,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    [Symbol.asyncDispose]: async () => void (await end('SIGKILL')),
  };
}

async function readyOf(child: ChildProcess): Promise<Record<string, unknown>> {
  if (!child.stdout) throw new Error('tenon up has no output');
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
  const said: string[] = [];
  // To its end: a full pipe would make it wait.
  createInterface({ input: child.stdout })
    .on('line', (line) => {
      said.push(line);
      const entry = JSON.parse(line) as Record<string, unknown>;
      if (entry['event'] === 'ready') resolve(entry);
    })
    .on('close', () => reject(new Error(`tenon up ended before it was ready:\n${said.join('\n')}`)));
  return promise;
}

export interface OutboxAnswer {
  readonly code: number;
  readonly json: Readonly<Record<string, unknown>>;
}

/** `tenon outbox … --json` of the orders app. */
export async function tenonOutbox(...args: readonly string[]): Promise<OutboxAnswer> {
  let text = '';
  const code = await main(['outbox', ...args, ORDERS_MANIFEST, '--json'], {
    stdout: { write: (more) => (text += String(more)) },
    stderr: { write: (more) => (text += more) },
    env: {},
  });
  return { code, json: JSON.parse(text.split('\n')[0] ?? '') as Record<string, unknown> };
}

/** Looks until something is so; the test's own time limit ends it where it never is. */
export async function until<T>(look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    await new Promise(setImmediate);
  }
}
