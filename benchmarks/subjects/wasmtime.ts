import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../wasmtime/measure.py', import.meta.url));

export interface FreshTimes {
  /** ns each. */
  readonly instantiate: readonly number[];
  readonly event: readonly number[];
  readonly drop: readonly number[];
}

/** Wasmtime 42 with one component, in a process of its own. It takes the times itself, so that no pipe is in them. */
export interface WasmtimeProcess extends AsyncDisposable {
  readonly pid: number;
  /** ns that it took to compile the component, or to load it where it was precompiled. */
  readonly loadNs: number;
  /** One request of a kept instance: its answer, and ns of the call alone. */
  request(uri: string): Promise<{ readonly body: string; readonly ns: number }>;
  /** Events on an instance of their own each, as on Spin. */
  fresh(uri: string, events: number): Promise<FreshTimes>;
  /** Bytes of memory that each of so many living instances takes, once it has answered. */
  memory(uri: string, instances: number): Promise<number>;
}

/** Compiles components beside their files, as a node's containerd does once for Spin. */
export async function precompile(units: readonly string[]): Promise<void> {
  const child = spawn('python3', [PROGRAM, '--precompile', ...units], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`Wasmtime’s process ended with ${code}`);
}

/** Loads a component, precompiled where it has been. */
export async function startWasmtime(wasm: string): Promise<WasmtimeProcess> {
  const child = spawn('python3', [PROGRAM, wasm], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(line));
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      for (const { reject } of waiting.splice(0)) reject(new Error(`Wasmtime’s process ended with ${code}`));
      resolve();
    });
  });
  async function next<T>(): Promise<T> {
    const line = await new Promise<string>((resolve, reject) => void waiting.push({ resolve, reject }));
    const answer = JSON.parse(line) as T | { readonly error: string };
    if (typeof answer === 'object' && answer !== null && 'error' in answer) throw new Error(answer.error);
    return answer as T;
  }
  function tell<T>(what: object): Promise<T> {
    const answered = next<T>();
    child.stdin.write(`${JSON.stringify(what)}\n`);
    return answered;
  }
  const { load } = await next<{ load: number }>();
  return {
    pid: child.pid!,
    loadNs: load,
    request: (uri) => tell({ do: 'request', uri }),
    fresh: (uri, events) => tell({ do: 'fresh', uri, events }),
    async memory(uri, instances) {
      return (await tell<{ bytes: number }>({ do: 'memory', uri, instances })).bytes / instances;
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await exited;
    },
  };
}
