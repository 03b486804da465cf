import { partOfPlan } from '../plan/part.ts';
import type { OutboxSize } from '../broker/outbox-queue.ts';
import type { RunningApp } from '../trigger/app.ts';
import { startApp } from '../trigger/app.ts';
import type { UpOptions } from './commands/up.ts';
import { showLog } from './log.ts';
import type { Output } from './output.ts';
import { brokerOverview, overview, topicsOf } from './overview.ts';
import { seconds, showBuild } from './progress.ts';

/** Builds and serves an app; resolves once it has been told to stop and what ran has finished. */
export async function up(manifest: string, options: UpOptions, output: Output): Promise<void> {
  const started = performance.now();
  const progress = showBuild(output);
  const app = await startApp({
    manifest,
    profile: options.profile,
    place: options.place,
    listen: options.listen,
    variables: options.variable,
    runtimeConfig: options.runtimeConfigFile,
    mqtt: options.mqtt,
    redis: options.redis,
    only: options.only,
    replica: options.replica,
    workers: options.workers,
    stateDir: options.stateDir,
    onProgress: progress.onProgress,
    onBuilt: progress.end,
    log: showLog(output),
  }).finally(progress.end);
  output.diagnostics(app.warnings);
  // Before anyone can know that it is ready, so that no signal is missed.
  const signal = firstSignal();
  await announce(app, performance.now() - started, output);
  await stop(app, await signal, output);
}

async function announce(app: RunningApp, ms: number, output: Output): Promise<void> {
  const { url, units, brokers } = app;
  const { options, paint } = output;
  const plan = partOfPlan(app.plan, units);
  const outbox = await outboxOf(app);
  const lines = [
    overview(plan, paint, url ?? ''),
    brokerOverview(plan, brokers, paint),
    waiting(outbox),
    `${paint('bold', plan.name)} is up after ${seconds(ms)}${url === undefined ? '' : `: ${paint('cyan', url)}`}`,
  ];
  output.result(options.quiet ? '' : `\n${lines.filter((text) => text !== '').join('\n')}\n`, {
    event: 'ready',
    app: plan.name,
    version: plan.version,
    url,
    ms: Math.round(ms),
    brokers,
    outbox,
    units: units.map(({ name, services }) => ({ name, services })),
    triggers: plan.triggers,
    edges: plan.edges.map((edge) => ({
      importer: edge.importer,
      provider: edge.provider,
      contract: edge.contract,
      placement: edge.placement,
      ...topicsOf(plan, edge),
    })),
  });
}

/** What an earlier process has left to be sent, where that can be known now. */
async function outboxOf(app: RunningApp): Promise<OutboxSize | undefined> {
  try {
    return await app.outbox();
  } catch {
    return undefined;
  }
}

function waiting(outbox: OutboxSize | undefined): string {
  if (!outbox || outbox.length === 0) return '';
  return `${outbox.length} ${outbox.length === 1 ? 'message waits' : 'messages wait'} in the outbox: tenon outbox\n`;
}

function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}

/** npm passes on the signal of a Ctrl-C that the terminal has sent already, within so many ms. */
const ECHO = process.env['npm_lifecycle_event'] === undefined ? 0 : 300;

/** Drains; a second signal ends the process at once, with the exit code that shells give it. */
async function stop(app: RunningApp, signal: NodeJS.Signals, output: Output): Promise<void> {
  const first = performance.now();
  const again = (second: NodeJS.Signals): void => {
    if (performance.now() - first >= ECHO) process.exit(second === 'SIGINT' ? 130 : 143);
  };
  process.on('SIGINT', again);
  process.on('SIGTERM', again);
  output.event(`${signal}: letting running requests finish; once more stops at once`, {
    event: 'stopping',
    signal,
  });
  await app.close();
  process.off('SIGINT', again);
  process.off('SIGTERM', again);
  output.event(undefined, {
    event: 'stopped',
    messages: app.messages.map(({ unit, topic, counts }) => ({ unit, topic, ...counts })),
    copies: app.copies,
  });
}
