import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { CONTENTS, MEMORY, WORD, type FloorSetup } from './floor-words.ts';

/** What becomes of an order's body. */
type Answer = (body: Buffer, done: (answer: Uint8Array) => void) => void;

/** The event loop looks for the worker's answer at every turn, which is the fastest way to see it (ADR 8). */
async function inWorker(setup: FloorSetup): Promise<Answer> {
  const memory = new SharedArrayBuffer(MEMORY);
  const words = new Int32Array(memory, 0, CONTENTS / 4);
  const bytes = Buffer.from(memory, CONTENTS);
  const worker = new Worker(new URL('./floor-worker.ts', import.meta.url), { workerData: { memory, setup } });
  await once(worker, 'message');
  return (body, done) => {
    words[WORD.request] = body.copy(bytes);
    Atomics.store(words, WORD.answered, 0);
    Atomics.store(words, WORD.called, 1);
    Atomics.notify(words, WORD.called);
    const look = (): void => {
      if (Atomics.load(words, WORD.answered) === 0) setImmediate(look);
      else done(Buffer.from(bytes.subarray(0, words[WORD.answer])));
    };
    look();
  };
}

async function serve(setup: FloorSetup): Promise<number> {
  const answer: Answer = setup.step === 'http' ? (body, done) => done(body) : await inWorker(setup);
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () =>
      answer(Buffer.concat(parts), (body) => {
        response.writeHead(202, { 'content-type': 'application/json', 'content-length': body.length });
        response.end(body);
      }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function tenonUp({ manifest, state }: FloorSetup): Promise<number> {
  const { startApp } = await import('../../host/src/trigger/app.ts');
  const app = await startApp({ manifest, listen: '127.0.0.1:0', stateDir: state, workers: 1 });
  return Number(new URL(app.url ?? '').port);
}

/** A server that takes orders as far as its step goes; it tells its port, and ends with who started it. */
process.once('message', (setup: FloorSetup) => {
  const port = setup.step === 'order' ? tenonUp(setup) : serve(setup);
  port.then(
    (value) => process.send?.(value),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
});
process.once('disconnect', () => process.exit());
