import { Agent, request as send, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { problem } from '../../diagnostics/error.ts';
import type { Placement } from '../../plan/types.ts';
import { startApp, type RunningApp } from '../../trigger/app.ts';
import { placed, type BenchEdge, type Variant } from './candidates.ts';
import type { BenchRequest } from './requests.ts';
import { median } from './statistics.ts';

export interface MeasureOptions {
  readonly requests: readonly BenchRequest[];
  readonly rounds: number;
  /** Requests of one round. */
  readonly count: number;
  readonly redis?: string | undefined;
  readonly mqtt?: string | undefined;
  readonly variables?: readonly string[] | undefined;
  /** What the app has to say while it is measured. */
  readonly warn: (line: string) => void;
}

/** µs until the answer, of each round the median. */
export type Rounds = readonly number[];

/**
 * Starts the app once for each placement of an edge, and sends the requests to one after the other, in rounds, every
 * other round the other way round: what the machine does meanwhile falls on all alike. The first round is not counted.
 */
export async function measureEdge(
  edge: BenchEdge,
  placements: readonly Placement[],
  variant: Variant,
  options: MeasureOptions,
): Promise<ReadonlyMap<Placement, Rounds>> {
  const apps = new Map<Placement, ServedApp>();
  const rounds = new Map<Placement, number[]>(placements.map((placement) => [placement, []]));
  try {
    for (const placement of placements) {
      const own = placement === edge.placement ? variant : placed(edge, placement, variant);
      apps.set(placement, await serve(own, options));
    }
    for (let round = 0; round <= options.rounds; round++) {
      const order = round % 2 === 0 ? placements : placements.toReversed();
      for (const placement of order) {
        const took = await sendAll(apps.get(placement)!, options);
        if (round > 0) rounds.get(placement)!.push(median(took));
      }
    }
  } finally {
    for (const app of apps.values()) await app[Symbol.asyncDispose]();
  }
  return rounds;
}

interface ServedApp extends AsyncDisposable {
  readonly url: string;
  readonly agent: Agent;
}

/** With output and state of its own: what the app has built and stored is left alone. */
async function serve(variant: Variant, options: MeasureOptions): Promise<ServedApp> {
  const folder = await mkdtemp(join(tmpdir(), 'tenon-bench-'));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let app: RunningApp | undefined;
  const dispose = async (): Promise<void> => {
    agent.destroy();
    await app?.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    app = await startApp({
      ...variant,
      outDir: join(folder, 'out'),
      stateDir: join(folder, 'state'),
      listen: '127.0.0.1:0',
      redis: options.redis,
      mqtt: options.mqtt,
      variables: options.variables,
      log: ({ level, message }) => {
        if (level === 'warn' || level === 'error') options.warn(message);
      },
    });
    return { url: app.url ?? '', agent, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** µs of each request; one that fails ends the measurement, since it would be of the failure. */
async function sendAll(app: ServedApp, { requests, count }: MeasureOptions): Promise<number[]> {
  const took: number[] = [];
  for (let n = 0; n < count; n++) {
    const request = requests[n % requests.length]!;
    const began = performance.now();
    const status = await statusOf(app, request);
    took.push((performance.now() - began) * 1000);
    if (status < 200 || status > 299) throw notAnswered(request, status);
  }
  return took;
}

async function statusOf({ url, agent }: ServedApp, { method, path, body }: BenchRequest): Promise<number> {
  const headers = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const sent = send(`${url}${path}`, { method, agent, headers });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response.statusCode ?? 0;
}

function notAnswered({ method, path }: BenchRequest, status: number): Error {
  return problem('cli/bench-answer', `${method} ${path} was answered with ${status}`, {
    where: `${method} ${path}`,
    expected: 'a status from 200 to 299: what fails is not worth measuring',
    found: String(status),
  });
}
