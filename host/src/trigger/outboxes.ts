import { bareAddress } from '../bindings/broker-address.ts';
import type { LedgerConfig, StoreConfig } from '../bindings/config.ts';
import type { OutgoingMessage } from '../bindings/deferred.ts';
import { ledgerStore } from '../bindings/store/ledger-store.ts';
import type { Brokers } from '../broker/brokers.ts';
import type { Outboxes } from '../broker/outbox.ts';
import type { Plan, PlannedUnit } from '../plan/types.ts';
import type { RunningMessageTrigger } from './messages/serve.ts';
import type { AppLog } from './app.ts';

export interface OutboxesSettings {
  readonly brokers: Brokers | undefined;
  /** All resolved variables of the app. */
  readonly variables: Readonly<Record<string, string>>;
  readonly log: (entry: AppLog) => void;
}

/** The outboxes and inboxes of an app; nothing where its units neither send after a commit nor handle messages. */
export async function outboxesOf(plan: Plan, settings: OutboxesSettings): Promise<Outboxes | undefined> {
  if (!plan.units.some(needsLedger)) return undefined;
  const { createOutboxes } = await import('../broker/outbox.ts');
  const { brokers, variables, log } = settings;
  const sends = plan.units.flatMap((unit) => unit.sends);
  const purposes = (purpose: 'edge' | 'tee'): ReadonlySet<string> =>
    new Set(sends.filter((send) => send.purpose === purpose).map(({ kind, topic }) => `${kind} ${topic}`));
  const [calls, copies] = [purposes('edge'), purposes('tee')];
  return createOutboxes({
    app: plan.name,
    publisher: brokers?.publisher,
    isCopy: ({ kind, topic }) => copies.has(`${kind} ${topic}`) && !calls.has(`${kind} ${topic}`),
    addressOf: (variable) => variables[variable],
    log: (level, message) => log({ level, message }),
  });
}

/**
 * Why a message must wait though its broker may be there: the trigger of this process that handles it has no
 * subscription yet, and a broker may keep nothing for it.
 */
export function notSubscribed(
  { address, topic }: OutgoingMessage,
  triggers: readonly RunningMessageTrigger[],
): string | undefined {
  const bare = bareAddress(address);
  const missing = triggers.find(
    (trigger) => !trigger.subscribed && trigger.topic === topic && trigger.address === bare,
  );
  return missing && `${missing.unit}, which handles it, is not subscribed at ${bare}`;
}

/** For the configuration of a unit's bindings: nothing where it needs neither outbox nor inbox. */
export function ledgerOf(
  unit: PlannedUnit,
  outboxes: Outboxes | undefined,
  stores: Readonly<Record<string, StoreConfig>>,
  stateDir: string,
): { readonly ledger?: LedgerConfig } {
  return outboxes && needsLedger(unit) ? { ledger: outboxes.ledger(ledgerStore(stores, stateDir)) } : {};
}

function needsLedger({ sends, triggers }: PlannedUnit): boolean {
  return sends.some(({ delivery }) => delivery !== 'direct') || triggers.some(({ kind }) => kind !== 'http');
}
