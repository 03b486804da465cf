import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { cacheFolder, type BuildOptions, type BuiltApp } from '../build/app.ts';
import type { Brokers } from '../broker/brokers.ts';
import { problem, unwrap } from '../diagnostics/error.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { OutboxSize } from '../broker/outbox-queue.ts';
import type { Outboxes } from '../broker/outbox.ts';
import type { Plan } from '../plan/types.ts';
import type { FreshMode } from '../runtime/messages.ts';
import type { EventOutcome, LogEntry, UnitEvent, UnitStats } from '../runtime/types.ts';
import { buildApart } from './build-apart.ts';
import { httpRoutes } from './http/plan-routes.ts';
import { checkAddress, parseListenAddress } from './http/listen.ts';
import { createRouter } from './http/routes.ts';
import { mapStacks } from './log-stacks.ts';
import { usesBrokers } from './network.ts';
import { outboxesOf } from './outboxes.ts';
import type { RunningTrigger } from './trigger.ts';
import { startUnit, type StartedUnit, type UnitSettings } from './unit.ts';

/** One line of an app's log: the host's own, or with `stream` what a service printed. */
export type AppLog = Omit<LogEntry, 'level' | 'unit'> & {
  readonly level: LogEntry['level'] | 'debug';
  readonly unit?: string;
};

export interface StartOptions extends Omit<BuildOptions, 'force' | 'jobs'> {
  /** Where HTTP is served, `127.0.0.1:3000` if absent; port 0 lets the system choose. */
  readonly listen?: string | undefined;
  /** As with `--variable`: `name=value`, `name=@file`, `@file.toml`; they go before every other source. */
  readonly variables?: readonly string[] | undefined;
  /** Path of a runtime-config.toml with further sources of variables, as in Spin. */
  readonly runtimeConfig?: string | undefined;
  /** Worker threads per unit; the manifest's if absent, else as many as cores. */
  readonly workers?: number | undefined;
  /** How events get fresh state: `auto`, or for measurements `instantiate`, a new instance for each. */
  readonly fresh?: FreshMode | undefined;
  /** Where stores are kept; `.spin/<app>` beside the manifest if absent. */
  readonly stateDir?: string | undefined;
  /** Environment variables that may give variables their values; the process's own if absent. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Called when the build is done and the units start. */
  readonly onBuilt?: ((built: BuiltApp) => void) | undefined;
  /** Log lines are dropped if absent. */
  readonly log?: ((entry: AppLog) => void) | undefined;
}

/** An app that serves. */
export interface RunningApp extends AsyncDisposable {
  readonly plan: Plan;
  readonly warnings: readonly Diagnostic[];
  /** Where HTTP is served, `http://127.0.0.1:3000`; absent for an app without an HTTP trigger. */
  readonly url?: string;
  /** Runs one event of a unit, as a trigger would; rejects only for a unit that there is not. */
  dispatch(unit: string, event: UnitEvent): Promise<EventOutcome>;
  /** By unit. */
  stats(): Readonly<Record<string, UnitStats>>;
  /** Messages of committed events that wait for their brokers. */
  outbox(): Promise<OutboxSize>;
  /** Takes nothing new, lets what runs finish within the app's deadline, then stops. */
  close(): Promise<void>;
}

/** How long messages that are on their way when the app closes may take; the others wait for its next start, ms. */
const SEND_MS = 2_000;

type Units = ReadonlyMap<string, StartedUnit>;

/**
 * Builds an app as far as something has changed, and serves it. Throws TenonError: what the build finds, a
 * variable without a value, an address that cannot be listened on, a unit that does not start.
 */
export async function startApp(options: StartOptions): Promise<RunningApp> {
  const listen = parseListenAddress(options.listen ?? '127.0.0.1:3000');
  await checkAddress(listen);
  const built = await buildApart(options);
  options.onBuilt?.(built);
  const { plan } = built;
  const routing = createRouter(httpRoutes(plan));
  const router = unwrap(routing);
  const log = mapStacks(built.sourceMaps, options.log ?? (() => {}));

  let address: string | undefined;
  const brokers = await brokersOf(plan);
  const variables = await variablesOf(plan, options);
  const outboxes = await outboxesOf(plan, { brokers, variables, log });
  const units = await startUnits(built, {
    plan,
    manifest: options.manifest,
    cacheFolder: cacheFolder(options.manifest),
    stateDir: resolve(options.stateDir ?? join(dirname(options.manifest), '.spin', plan.name)),
    variables,
    workers: options.workers ?? plan.limits.workers ?? availableParallelism(),
    fresh: options.fresh ?? 'auto',
    origin: () => address,
    brokers,
    outboxes,
    log,
  });
  try {
    let trigger: RunningTrigger | undefined;
    if (router.routes.length > 0) {
      const { serveHttp } = await import('./http/server.ts');
      trigger = await serveHttp({
        router,
        listen,
        app: plan,
        limits: plan.limits,
        log,
        dispatch: (unit, request) => dispatchTo(units, unit, { kind: 'http', request }),
      });
      address = trigger.address;
    }
    await outboxes?.start();
    return runningApp(plan, [...built.warnings, ...routing.diagnostics], units, trigger, brokers, outboxes);
  } catch (error) {
    await closeAll(units, 0);
    await outboxes?.close(0);
    await brokers?.close();
    throw error;
  }
}

/** Starts all units at once; if one fails, those that have started are stopped again. */
async function startUnits(built: BuiltApp, settings: UnitSettings): Promise<Units> {
  const started = new Map<string, StartedUnit>();
  const settled = await Promise.allSettled(
    built.units.map(async (unit) => void started.set(unit.unit.name, await startUnit(unit, settings))),
  );
  const failed = settled.find((one) => one.status === 'rejected');
  if (!failed) return started;
  await closeAll(started, 0);
  throw failed.reason;
}

/** Nothing of brokers is loaded by an app whose services use none. */
async function brokersOf({ units }: Plan): Promise<Brokers | undefined> {
  if (!units.some(usesBrokers)) return undefined;
  const { createBrokers } = await import('../broker/brokers.ts');
  return createBrokers();
}

async function variablesOf(plan: Plan, options: StartOptions): Promise<Readonly<Record<string, string>>> {
  const given = options.variables ?? [];
  if (Object.keys(plan.variables).length === 0 && given.length === 0) return {};
  const { resolveVariables } = await import('../bindings/variables/resolve.ts');
  return resolveVariables({
    declared: plan.variables,
    arguments: given,
    ...(options.runtimeConfig !== undefined && { runtimeConfig: options.runtimeConfig }),
    environment: options.env ?? process.env,
    directory: process.cwd(),
  });
}

async function dispatchTo(units: Units, unit: string, event: UnitEvent): Promise<EventOutcome> {
  const started = units.get(unit);
  if (started) return started.host.dispatch(event);
  throw problem('internal/bug', `there is no unit ${unit}`, {
    where: unit,
    expected: [...units.keys()].join(', '),
  });
}

function runningApp(
  plan: Plan,
  warnings: readonly Diagnostic[],
  units: Units,
  trigger: RunningTrigger | undefined,
  brokers: Brokers | undefined,
  outboxes: Outboxes | undefined,
): RunningApp {
  let closing: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await trigger?.close();
    await closeAll(units, plan.limits.deadline);
    await outboxes?.close(SEND_MS);
    await brokers?.close();
  };
  const close = (): Promise<void> => (closing ??= stop());
  return {
    plan,
    warnings,
    ...(trigger && { url: trigger.address }),
    dispatch: (unit, event) => dispatchTo(units, unit, event),
    stats: () => Object.fromEntries([...units].map(([name, { host }]) => [name, host.stats()])),
    outbox: async () => outboxes?.size() ?? { length: 0, bytes: 0 },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function closeAll(units: Units, drainMs: number): Promise<void> {
  await Promise.all([...units.values()].map((unit) => unit.close(drainMs)));
}
