import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const HARNESS = fileURLToPath(new URL('./serve.py', import.meta.url));

export interface WasmtimeAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

export interface WasmtimeUnit extends AsyncDisposable {
  /** One request, handled by a fresh instance; rejects with Wasmtime's message where the guest traps. */
  request(request: {
    method: string;
    uri: string;
    headers: readonly (readonly [string, string])[];
    body?: Uint8Array;
  }): Promise<WasmtimeAnswer>;
}

/**
 * Starts Python's Wasmtime 42 over unit files that share one key-value store; one harness process each store. What
 * guests and the harness write to standard error is shown, unless the test makes guests panic.
 */
export function startWasmtime(
  units: Readonly<Record<string, string>>,
  stderr: 'inherit' | 'ignore' = 'inherit',
): {
  readonly units: Readonly<Record<string, WasmtimeUnit>>;
} & AsyncDisposable {
  const names = Object.keys(units);
  const child = spawn('python3', [HARNESS, ...names.map((name) => units[name]!)], {
    stdio: ['pipe', 'pipe', stderr],
  });
  const waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(line));
  child.on('exit', (code) => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`the Wasmtime harness exited with ${code}`));
  });

  async function stop(): Promise<void> {
    if (child.exitCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.stdin.end();
    await exited;
  }

  const unitOf = (index: number): WasmtimeUnit => ({
    async request({ method, uri, headers, body }) {
      const line = await new Promise<string>((resolve, reject) => {
        waiting.push({ resolve, reject });
        const encoded = body === undefined ? null : Buffer.from(body).toString('base64');
        child.stdin.write(`${JSON.stringify({ unit: index, method, uri, headers, body: encoded })}\n`);
      });
      const answer = JSON.parse(line) as
        | { status: number; headers: [string, string][]; body: string }
        | { trap: string };
      if ('trap' in answer) throw new Error(answer.trap);
      return { ...answer, body: Buffer.from(answer.body, 'base64') };
    },
    [Symbol.asyncDispose]: stop,
  });
  return {
    units: Object.fromEntries(names.map((name, index) => [name, unitOf(index)])),
    [Symbol.asyncDispose]: stop,
  };
}
