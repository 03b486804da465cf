import type { Manifest } from '../manifest/types.ts';
import type { Grant, PlannedSend, PlannedTrigger } from './types.ts';

/** The variables that hold the addresses of brokers. */
export const ADDRESS_VARIABLES = { mqtt: 'mqtt_address', redis: 'redis_address' } as const;

/** What the generated code needs that publishes some sends. */
export function grantsForSends(sends: readonly PlannedSend[]): readonly Grant[] {
  if (sends.length === 0) return [];
  return [...sends.flatMap(({ kind, address }) => grantsForBroker(kind, address)), ...GENERATED];
}

/** What the generated code needs that handles the messages of triggers made for edges. */
export function grantsForTriggers(triggers: readonly PlannedTrigger[]): readonly Grant[] {
  const generated = triggers.filter((trigger) => trigger.kind !== 'http' && trigger.carries);
  if (generated.length === 0) return [];
  // Over Redis it claims messages and answers.
  const addresses = generated.flatMap((trigger) => (trigger.kind === 'redis' ? [trigger.address] : []));
  return [...addresses.flatMap((address) => grantsForBroker('redis', address)), ...GENERATED];
}

/** Ids of messages, deadlines, and a line for what could not be sent or understood. */
const GENERATED: readonly Grant[] = [{ kind: 'random' }, { kind: 'clocks' }, { kind: 'stdio' }];

function grantsForBroker(kind: 'mqtt' | 'redis', address: string | undefined): readonly Grant[] {
  if (address !== undefined) return [{ kind, host: hostOf(address) }];
  const name = ADDRESS_VARIABLES[kind];
  return [
    { kind, host: `{{ ${name} }}` },
    { kind: 'variables', name },
  ];
}

/** What an address says of hosts: `redis://user:secret@cache:6379/1` → `redis://cache:6379`. */
function hostOf(address: string): string {
  return address.replace(/^([a-z]+:\/\/)(?:[^/@]*@)?([^/]+).*$/, '$1$2');
}

/** The app's variables with those that hold addresses of brokers, where something needs them. */
export function withAddresses(
  variables: Manifest['variables'],
  uses: readonly { readonly kind: string; readonly address?: string }[],
): Manifest['variables'] {
  const needed = (['mqtt', 'redis'] as const)
    .filter((kind) => uses.some((use) => use.kind === kind && use.address === undefined))
    .map((kind) => ADDRESS_VARIABLES[kind])
    .filter((name) => !Object.hasOwn(variables, name));
  return {
    ...variables,
    ...Object.fromEntries(needed.map((name) => [name, { required: true, secret: false }])),
  };
}
