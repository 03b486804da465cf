import { allowedBrokers } from './allowed-brokers.ts';
import type { Binding } from './binding.ts';
import { createChannel } from './channel/channel.ts';
import type { BindingsConfig, BindingsHooks } from './config.ts';
import { createHttpBinding } from './http/binding.ts';
import { createKeyValueBinding } from './key-value/binding.ts';
import { createMqttBinding } from './mqtt/binding.ts';
import { toSender } from './outbox/to-sender.ts';
import { createRedisBinding } from './redis/binding.ts';
import { createEventStore } from './store/event-store.ts';
import { openStores } from './store/open.ts';
import { createVariablesBinding } from './variables/binding.ts';
import { createWasiBinding } from './wasi/binding.ts';

/**
 * Makes the bindings of a unit inside one of its workers. Import objects have one version of each interface:
 * whoever instantiates gives it to every import on the same semver track.
 *
 * @throws TenonError `bindings/stores-apart`, `bindings/store-unavailable`, `bindings/allowed-host`
 */
export function createBindings(config: BindingsConfig, hooks: BindingsHooks): Binding[] {
  const { unit, services, grants } = config;
  const granted = new Set(grants.flatMap((grant) => (grant.kind === 'key-value' ? [grant.label] : [])));
  const used = Object.entries(config.stores).filter(([label]) => granted.has(label));
  const channel = config.network && createChannel(config.network);
  const store = createEventStore({
    unit,
    stores: openStores({ stores: Object.fromEntries(used), ledger: config.ledger, channel }),
    sends: config.sends,
    ...toSender(config.ledger),
  });
  const outbound = {
    channel,
    beforeEffect: store.beforeEffect,
    warn: (line: string) => hooks.log('stderr', line),
  };
  const brokers = {
    ...outbound,
    allowed: allowedBrokers(grants, config.variables),
    deferred: store.deferred,
    sends: config.sends,
  };
  // All services of a unit share its streams: a line can be told apart only where there is one service.
  const source = services.length === 1 ? services[0] : undefined;
  const wasi = createWasiBinding({
    grants,
    environment: config.environment,
    line: (stream, text) =>
      hooks.log(stream, source === undefined || source === unit ? text : `${source}: ${text}`),
  });
  // The store first: when its commit fails, nothing after it has ended the event.
  return [
    store,
    createKeyValueBinding(grants, store),
    createHttpBinding(outbound),
    createRedisBinding({ ...brokers, answered: config.answered ?? {} }),
    createMqttBinding(brokers),
    createVariablesBinding(grants, config.variables),
    wasi,
    // Last: what ends before it may still have something to say.
    { imports: {}, [Symbol.dispose]: () => channel?.[Symbol.dispose]() },
  ];
}
