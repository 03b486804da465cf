import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Work } from './work.ts';

const WORK = fileURLToPath(new URL('./work.ts', import.meta.url));
const COMPILED = fileURLToPath(new URL('../.out/compiled', import.meta.url));

/**
 * Does pieces of work, each in a fresh process. The process of the next piece starts when one gets its work, while that
 * loads its suite; then it only waits, so that nothing runs beside what is measured.
 */
export class FreshProcesses implements Disposable {
  #next = new WorkProcess();

  run(what: Work): Promise<unknown> {
    const current = this.#next;
    const answer = current.run(what);
    this.#next = new WorkProcess();
    return answer;
  }

  [Symbol.dispose](): void {
    this.#next.end();
  }
}

interface Answer {
  readonly value?: unknown;
  readonly error?: string;
}

class WorkProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<string>;

  constructor() {
    // Sources are compiled once, not in every process.
    const env = { ...process.env, NODE_COMPILE_CACHE: COMPILED };
    const child = fork(WORK, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env });
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(`its process ended with ${code ?? signal}`));
    });
    this.#child = child;
  }

  /** Settles once the process has ended. */
  async run(what: Work): Promise<unknown> {
    let answer: Answer | undefined;
    this.#child.once('message', (message: Answer) => {
      answer = message;
    });
    this.#child.send(what);
    const ended = await this.#ended;
    if (answer && answer.error === undefined) return answer.value;
    const name =
      what.do === 'run' ? `${what.suite}: ${what.name} ${what.part}` : `${what.suite}: preparation`;
    throw new Error(`${name} failed: ${answer?.error ?? ended}`);
  }

  end(): void {
    this.#child.kill();
  }
}
