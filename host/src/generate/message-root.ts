import type { InstanceType } from '../component/types.ts';
import { contractOf } from '../contract/interface.ts';
import { camelCase, interfaceName } from '../contract/names.ts';
import { callTexts } from './call-text.ts';
import { functionId } from './function-id.ts';
import { importLine, objectText, type RuntimeModules } from './modules.ts';
import { typeTexts } from './type-text.ts';

/** A contract of which calls arrive as messages. */
export interface ReceivedContract {
  /** As the provider has it. */
  readonly contract: string;
  readonly type: InstanceType;
  /** Functions, by their names in WIT, that messages call → where those arrive. */
  readonly topics: ReadonlyMap<string, readonly string[]>;
  /** Over Redis: path of the member that identifies a message. */
  readonly claim?: string;
}

export interface RedisReceiver {
  /** `orders/fulfilment`: app and service. */
  readonly claimant: string;
  readonly address?: string;
  /** Whether callers wait for replies. */
  readonly replies: boolean;
}

export interface MessageRoot {
  readonly service: string;
  /** Module specifier of the service's entry module; absent where the contracts are imported from a component. */
  readonly entry?: string;
  readonly mqtt?: readonly ReceivedContract[];
  readonly redis?: RedisReceiver & { readonly contracts: readonly ReceivedContract[] };
  readonly modules: RuntimeModules;
}

/**
 * The module that exports a trigger's handler and calls a service by the messages that arrive: `handleMessage` of
 * `spin:mqtt-trigger`, `inboundRedis`, or both. TypeScript.
 */
export function messageRoot({ service, entry, mqtt, redis, modules }: MessageRoot): string {
  const types = typeTexts();
  const owners = new Map<string, string>();
  const imports: string[] = [];
  const ownerOf = (contract: string): string => {
    const known = owners.get(contract);
    if (known !== undefined) return known;
    const name = `owner${owners.size}`;
    owners.set(contract, name);
    if (entry === undefined) imports.push(`import * as ${name} from ${JSON.stringify(contract)};\n`);
    return name;
  };
  const callsOf = (contracts: readonly ReceivedContract[], answered: boolean): string => {
    const calls = contracts.flatMap(({ contract, type, topics, claim }) =>
      contractOf(contract, type).functions.flatMap((one) => {
        const arriving = topics.get(one.name);
        if (!arriving) return [];
        const texts = callTexts(one, types, { arguments: 'fromJsonOf', answer: 'toJsonOf' });
        const own = camelCase(interfaceName(contract));
        return objectText({
          topics: JSON.stringify(arriving),
          id: JSON.stringify(functionId(contract, one.name)),
          name: texts.name,
          path: JSON.stringify(`${own}.${camelCase(one.name)} of ${service}`),
          owner: ownerOf(contract),
          interface: JSON.stringify(own),
          params: texts.params,
          fromJson: texts.arguments,
          whole: texts.whole,
          result: answered ? texts.result : undefined,
          error: texts.error,
          claim: claim === undefined ? undefined : JSON.stringify(claim),
        });
      }),
    );
    return `[\n${calls.map((call) => `  ${call},\n`).join('')}]`;
  };
  const exports = [
    ...(mqtt
      ? [`export const handleMessage = rootMqtt(${JSON.stringify(service)}, ${callsOf(mqtt, false)});\n`]
      : []),
    ...(redis
      ? [
          `export const inboundRedis = rootRedis(${JSON.stringify(service)}, ${callsOf(redis.contracts, redis.replies)}, ${objectText(
            {
              claimant: JSON.stringify(redis.claimant),
              address: redis.address === undefined ? undefined : JSON.stringify(redis.address),
              replies: String(redis.replies),
            },
          )});\n`,
        ]
      : []),
  ];
  return [
    ...(entry === undefined ? imports : [`import * as service from ${JSON.stringify(entry)};\n`]),
    importLine(['fromJsonOf', 'toJsonOf'], modules.contract('json.ts')),
    ...(mqtt ? [importLine(['rootMqtt'], modules.guest('messaging/root-mqtt.ts'))] : []),
    ...(redis ? [importLine(['rootRedis'], modules.guest('messaging/root-redis.ts'))] : []),
    'type ValueType = Parameters<typeof fromJsonOf>[0];\n',
    types.declarations(),
    ...(entry === undefined
      ? []
      : [...owners].map(
          ([contract, name]) =>
            `const ${name} = (service as Record<string, unknown>)[${JSON.stringify(camelCase(interfaceName(contract)))}];\n`,
        )),
    ...exports,
  ].join('');
}
