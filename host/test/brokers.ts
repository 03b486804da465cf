import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

export { startProxy, type Proxy } from './proxy.ts';

/** A real broker in a process of its own, on a free port of loopback. */
export interface BrokerProcess extends AsyncDisposable {
  /** `redis://127.0.0.1:40123`, without a query. */
  readonly address: string;
  readonly port: number;
  /** Of its process; undefined while it is stopped. */
  readonly pid: number | undefined;
  /** Ends it in order: what it keeps on disk is written. */
  stop(): Promise<void>;
  /** Ends it at once, as `kill -9` does. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with what it had kept on disk. */
  start(): Promise<void>;
}

export interface BrokerOptions {
  /** Keeps data, sessions and queued messages over a restart. */
  readonly persistent?: boolean;
  /** The password that clients must give; for mosquitto with the user name `user`. */
  readonly password?: string;
  /** Further lines for the configuration file. */
  readonly config?: readonly string[];
}

/** Starts redis-server; see `tool('redis-server')` for whether there is one. */
export function startRedis(options: BrokerOptions = {}): Promise<BrokerProcess> {
  return startBroker('redis', (port, folder) => ({
    program: 'redis-server',
    ready: /Ready to accept connections/,
    config: [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      'save ""',
      `appendonly ${options.persistent ? 'yes' : 'no'}`,
      'appendfsync always',
      ...(options.password === undefined ? [] : [`requirepass ${options.password}`]),
      ...(options.config ?? []),
    ],
    args: (file) => [file],
  }));
}

/** Starts mosquitto; see `tool('mosquitto')` for whether there is one. */
export function startMosquitto(options: BrokerOptions = {}): Promise<BrokerProcess> {
  return startBroker('mqtt', (port, folder) => {
    const passwords = join(folder, 'passwords');
    if (options.password !== undefined) writeFileSync(passwords, `user:${options.password}\n`);
    return {
      program: 'mosquitto',
      ready: /mosquitto version \S+ running/,
      config: [
        `listener ${port} 127.0.0.1`,
        `user ${userInfo().username}`,
        'set_tcp_nodelay true',
        'max_queued_messages 0',
        `allow_anonymous ${options.password === undefined}`,
        ...(options.password === undefined ? [] : [`password_file ${passwords}`]),
        ...(options.persistent
          ? [
              'persistence true',
              `persistence_location ${folder}/`,
              'autosave_on_changes true',
              'autosave_interval 1',
            ]
          : []),
        ...(options.config ?? []),
      ],
      args: (file) => ['-c', file],
      prepare: options.password === undefined ? undefined : ['mosquitto_passwd', '-U', passwords],
    };
  });
}

interface Recipe {
  readonly program: string;
  /** What it prints once it can be connected to. */
  readonly ready: RegExp;
  readonly config: readonly string[];
  readonly args: (configFile: string) => readonly string[];
  /** Run once, before the first start. */
  readonly prepare?: readonly string[] | undefined;
}

/** So often is another port tried where somebody else was faster. */
const ATTEMPTS = 5;

async function startBroker(
  scheme: 'redis' | 'mqtt',
  recipe: (port: number, folder: string) => Recipe,
): Promise<BrokerProcess> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), `tenon-${scheme}-`));
    const broker = brokerProcess(scheme, port, folder, recipe(port, folder));
    try {
      await broker.start();
      return broker;
    } catch (error) {
      await broker[Symbol.asyncDispose]();
      if (attempt === ATTEMPTS || !/in use/i.test(String(error))) throw error;
    }
  }
}

function brokerProcess(scheme: string, port: number, folder: string, recipe: Recipe): BrokerProcess {
  const file = join(folder, 'broker.conf');
  writeFileSync(file, recipe.config.map((line) => `${line}\n`).join(''));
  let child: ChildProcess | undefined;
  let prepared = recipe.prepare === undefined;

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const exited = once(ending, 'exit');
    ending.kill(signal);
    // Mosquitto 2.0.11 forgets a signal that comes after it says that it runs, but before its loop does.
    const again = setInterval(() => ending.kill(signal), 100);
    await exited;
    clearInterval(again);
  }
  return {
    address: `${scheme}://127.0.0.1:${port}`,
    port,
    get pid() {
      return child?.pid;
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async start() {
      if (child) throw new Error(`${recipe.program} runs already`);
      if (!prepared) await runToEnd(recipe.prepare ?? []);
      prepared = true;
      child = spawn(recipe.program, recipe.args(file), { stdio: ['ignore', 'pipe', 'pipe'] });
      endWithUs(child);
      await said(child, recipe.ready);
    },
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** No broker is left behind, even where this process is killed: then a shell loses its input, and ends the broker. */
function endWithUs(child: ChildProcess): void {
  const watch = spawn('sh', ['-c', 'cat >/dev/null; kill -9 "$0" 2>/dev/null', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watch.unref();
  (watch.stdin as Socket | null)?.unref();
  child.on('exit', () => watch.kill('SIGKILL'));
}

/** Waits until a process says something; what it said instead is the error. */
function said(child: ChildProcess, words: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const hear = (chunk: Buffer): void => {
      output += chunk.toString();
      if (words.test(output)) resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`${child.spawnfile} ended with ${code}: ${output}`)));
  });
}

async function runToEnd([program = '', ...args]: readonly string[]): Promise<void> {
  const child = spawn(program, args, { stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
}

/** A port of loopback that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server: Server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
