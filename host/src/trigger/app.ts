import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { cacheFolder, type BuildOptions, type BuiltApp } from '../build/app.ts';
import { problem, unwrap } from '../diagnostics/error.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { CopyCounts } from '../broker/copy-counts.ts';
import type { OutboxSize } from '../broker/outbox-queue.ts';
import type { Outboxes } from '../broker/outbox.ts';
import { ADDRESS_VARIABLES } from '../plan/message-grants.ts';
import type { Plan, PlannedUnit } from '../plan/types.ts';
import type { FreshMode } from '../runtime/messages.ts';
import type { EventOutcome, LogEntry, UnitEvent, UnitStats } from '../runtime/types.ts';
import { brokersOf, type AppBrokers } from './app-brokers.ts';
import { buildApart } from './build-apart.ts';
import { httpRoutes } from './http/plan-routes.ts';
import { checkAddress, parseListenAddress } from './http/listen.ts';
import { createRouter } from './http/routes.ts';
import { mapStacks } from './log-stacks.ts';
import { startMessageTriggers, type MessageTriggers } from './message-triggers.ts';
import type { RunningMessageTrigger } from './messages/serve.ts';
import { notSubscribed, outboxesOf } from './outboxes.ts';
import { selectUnits } from './select-units.ts';
import { labelsOf, stateFolder, storesOf, usesRedis } from './stores.ts';
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
  /** Path of a runtime-config.toml with further sources of variables, and stores, as in Spin. */
  readonly runtimeConfig?: string | undefined;
  /** The MQTT broker, before the variable `mqtt_address`; where neither is there, one is started on loopback. */
  readonly mqtt?: string | undefined;
  /** The Redis server, before the variable `redis_address`. */
  readonly redis?: string | undefined;
  /** Names of units, or of services in them; all if absent. */
  readonly only?: readonly string[] | undefined;
  /** The name of this process among several that share the messages of its MQTT topics. */
  readonly replica?: string | undefined;
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
  /** The units that run here. */
  readonly units: readonly PlannedUnit[];
  /** The brokers that they use, without users; `embedded` is the one within this process. */
  readonly brokers: { readonly mqtt?: string; readonly redis?: string; readonly embedded?: string };
  /** The triggers whose messages come from brokers. */
  readonly messages: readonly RunningMessageTrigger[];
  /** Runs one event of a unit, as a trigger would; rejects only for a unit that there is not. */
  dispatch(unit: string, event: UnitEvent): Promise<EventOutcome>;
  /** By unit. */
  stats(): Readonly<Record<string, UnitStats>>;
  /** What has become of the copies that tees make of calls. */
  readonly copies: CopyCounts;
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
  const selected = selectUnits(plan, options.only);
  const here = [...selected.values()];
  const routing = createRouter(httpRoutes({ ...plan, units: here }));
  const router = unwrap(routing);
  const log = mapStacks(built.sourceMaps, options.log ?? (() => {}));

  const closing: Closing = {
    http: undefined,
    messages: undefined,
    units: new Map(),
    outboxes: undefined,
    brokers: undefined,
  };
  try {
    let address: string | undefined;
    const resolved = await variablesOf(plan, options);
    const stateDir = resolve(options.stateDir ?? stateFolder(options.manifest, plan.name));
    const stores = new Map(
      here.map((unit) => [
        unit.name,
        storesOf(labelsOf(unit), {
          stores: plan.stores,
          manifest: options.manifest,
          stateDir,
          runtimeConfig: options.runtimeConfig,
        }),
      ]),
    );
    const given = { mqtt: options.mqtt, redis: options.redis };
    const brokers = await brokersOf({
      plan,
      units: here,
      variables: resolved,
      given,
      replica: options.replica,
      stored: [...stores.values()].some(usesRedis),
    });
    closing.brokers = brokers;
    const { variables } = brokers;
    const outboxes = await outboxesOf(plan, { brokers: brokers.brokers, variables, log });
    closing.outboxes = outboxes;
    const units = await startUnits(
      built.units.filter(({ unit }) => selected.has(unit.name)),
      {
        plan,
        manifest: options.manifest,
        cacheFolder: cacheFolder(options.manifest),
        stateDir,
        stores,
        variables,
        workers: options.workers ?? plan.limits.workers ?? availableParallelism(),
        fresh: options.fresh ?? 'auto',
        origin: () => address,
        brokers: brokers.brokers,
        outboxes,
        log,
      },
    );
    closing.units = units;
    const dispatch = (unit: string, event: UnitEvent): Promise<EventOutcome> =>
      dispatchTo(units, unit, event);
    // Before anything can be asked that sends to them.
    const messages = await startMessageTriggers({
      plan,
      units: here,
      brokers,
      replica: options.replica,
      dispatch,
      log,
      onSubscribed: () => outboxes?.retry(),
    });
    closing.messages = messages;
    if (router.routes.length > 0) {
      const { serveHttp } = await import('./http/server.ts');
      closing.http = await serveHttp({
        router,
        listen,
        app: plan,
        limits: plan.limits,
        log,
        dispatch: (unit, request) => dispatch(unit, { kind: 'http', request }),
      });
      address = closing.http.address;
    }
    await outboxes?.start((message) => notSubscribed(message, messages.running));

    let closed: Promise<void> | undefined;
    const close = (): Promise<void> => (closed ??= closeAll(closing, plan.limits.deadline));
    return {
      plan,
      warnings: [...built.warnings, ...routing.diagnostics],
      ...(address !== undefined && { url: address }),
      units: here,
      brokers: {
        ...brokers.addresses,
        ...(brokers.embedded && { embedded: brokers.embedded.address }),
      },
      messages: messages.running,
      dispatch,
      stats: () => Object.fromEntries([...units].map(([name, { host }]) => [name, host.stats()])),
      get copies() {
        return outboxes?.copies ?? { sent: 0, failed: 0, lost: 0 };
      },
      outbox: async () => outboxes?.size() ?? { length: 0, bytes: 0 },
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await closeAll(closing, 0);
    throw error;
  }
}

/** What an app has started so far, in the order in which it ends. */
interface Closing {
  http: RunningTrigger | undefined;
  messages: MessageTriggers | undefined;
  units: Units;
  outboxes: Outboxes | undefined;
  brokers: AppBrokers | undefined;
}

/** Whoever asks goes before those who answer. */
async function closeAll(
  { http, messages, units, outboxes, brokers }: Closing,
  drainMs: number,
): Promise<void> {
  await http?.close();
  await messages?.close();
  await closeUnits(units, drainMs);
  await outboxes?.close(drainMs === 0 ? 0 : SEND_MS);
  await brokers?.close();
}

/** Starts all units at once; if one fails, those that have started are stopped again. */
async function startUnits(built: BuiltApp['units'], settings: UnitSettings): Promise<Units> {
  const started = new Map<string, StartedUnit>();
  const settled = await Promise.allSettled(
    built.map(async (unit) => void started.set(unit.unit.name, await startUnit(unit, settings))),
  );
  const failed = settled.find((one) => one.status === 'rejected');
  if (!failed) return started;
  await closeUnits(started, 0);
  throw failed.reason;
}

async function variablesOf(plan: Plan, options: StartOptions): Promise<Readonly<Record<string, string>>> {
  const given = options.variables ?? [];
  if (Object.keys(plan.variables).length === 0 && given.length === 0) return {};
  const { resolveVariables } = await import('../bindings/variables/resolve.ts');
  return resolveVariables({
    declared: withoutAddresses(plan.variables),
    arguments: given,
    ...(options.runtimeConfig !== undefined && { runtimeConfig: options.runtimeConfig }),
    environment: options.env ?? process.env,
    directory: process.cwd(),
  });
}

/** Addresses of brokers have other sources too, see brokersOf. */
function withoutAddresses(variables: Plan['variables']): Plan['variables'] {
  const optional = Object.values<string>(ADDRESS_VARIABLES);
  return Object.fromEntries(
    Object.entries(variables).map(([name, variable]) => [
      name,
      optional.includes(name) ? { ...variable, required: false } : variable,
    ]),
  );
}

async function dispatchTo(units: Units, unit: string, event: UnitEvent): Promise<EventOutcome> {
  const started = units.get(unit);
  if (started) return started.host.dispatch(event);
  throw problem('internal/bug', `there is no unit ${unit}`, {
    where: unit,
    expected: [...units.keys()].join(', '),
  });
}

async function closeUnits(units: Units, drainMs: number): Promise<void> {
  await Promise.all([...units.values()].map((unit) => unit.close(drainMs)));
}
