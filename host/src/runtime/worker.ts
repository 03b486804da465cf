import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { Binding } from '../bindings/binding.ts';
import { createEventRunner, type EventRunner } from './event-runner.ts';
import { createHandleLedger } from './handles.ts';
import { importsFor } from './imports.ts';
import { createInstance, type Instantiate } from './instance.ts';
import { Mailbox } from './mailbox.ts';
import type { FromWorker, WorkerSetup } from './messages.ts';
import { serve } from './serve.ts';
import type { EventOutcome } from './types.ts';

/** Bodies from this size on are handed over instead of copied; below it copying is cheaper. */
const TRANSFER_FROM = 16 * 1024;

const port = parentPort;
if (!port) throw new Error('worker.ts runs as a worker of the pool only');

/** Whether the event has said something that must arrive before its answer. */
let logged = false;
const post = (message: FromWorker, transfer: ArrayBuffer[] = []): void => {
  logged ||= message.kind === 'log';
  port.postMessage(message, transfer);
};

// The glue looks for a debug switch in the environment at every step; in a plain object that costs next to nothing.
process.env = { ...process.env };

const setup = workerData as WorkerSetup;
try {
  const lastWords: LastWords = { line: undefined };
  const { runner, bindings } = await start(setup, lastWords);
  const mailbox = new Mailbox(setup.mailbox);
  serve(port, mailbox, {
    stop() {
      for (const binding of bindings) binding[Symbol.dispose]?.();
    },
    run(id, event, deadline) {
      logged = false;
      lastWords.line = undefined;
      const outcome = withLastWords(runner.run(id, event, deadline), lastWords.line);
      const counts = runner.counts();
      if (outcome.kind === 'response' && mailbox.putAnswer(outcome.response, counts)) {
        if (logged || !mailbox.showAnswer()) post({ kind: 'mail' });
      } else post({ kind: 'outcome', id, outcome, counts }, transferable(outcome));
      // After the answer, so that no caller waits for it.
      runner.prepareNext();
    },
  });
  post({ kind: 'ready' });
} catch (error) {
  post({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  port.close();
}

async function start(
  from: WorkerSetup,
  lastWords: LastWords,
): Promise<{ runner: EventRunner; bindings: readonly Binding[] }> {
  const { createBindings } = (await import(from.bindingsModule)) as {
    createBindings: (config: unknown, host: unknown) => readonly Binding[];
  };
  const { instantiate } = (await import(pathToFileURL(from.glue).href)) as { instantiate: Instantiate };
  const bindings = createBindings(from.bindingsConfig, {
    log: (stream: 'stdout' | 'stderr', message: string) => {
      if (stream === 'stderr') lastWords.line = message;
      post({
        kind: 'log',
        entry: { level: stream === 'stderr' ? 'error' : 'info', unit: from.unit, stream, message },
      });
    },
  });
  const imports = importsFor(from.imports, bindings);
  const ledger = createHandleLedger();
  for (const members of Object.values(imports)) ledger.watch(members);
  const runner = createEventRunner({
    bindings,
    ledger,
    claim: from.claim,
    shared: from.shared,
    createInstance: () =>
      createInstance({
        instantiate,
        modules: from.modules,
        imports,
        fastIntrinsics: from.fastIntrinsics,
        resettable: from.resettable,
        ledger,
      }),
  });
  runner.prepareNext();
  return { runner, bindings };
}

/** The last line that the event wrote to stderr: an error, or a trap, often says no more than that it is one. */
interface LastWords {
  line: string | undefined;
}

function withLastWords(outcome: EventOutcome, line: string | undefined): EventOutcome {
  if (line === undefined || (outcome.kind !== 'error' && outcome.kind !== 'trap')) return outcome;
  return { ...outcome, said: line };
}

function transferable(outcome: EventOutcome): ArrayBuffer[] {
  if (outcome.kind !== 'response') return [];
  const { buffer, byteLength } = outcome.response.body;
  return byteLength >= TRANSFER_FROM && buffer instanceof ArrayBuffer ? [buffer] : [];
}
