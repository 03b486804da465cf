import type { InstanceType } from '../component/types.ts';
import { contractOf, type ContractFunction } from '../contract/interface.ts';
import { camelCase, interfaceName } from '../contract/names.ts';
import { callTexts } from './call-text.ts';
import { functionId } from './function-id.ts';
import { importLine, objectText, type RuntimeModules } from './modules.ts';
import { teeTexts, type Tee } from './tee-text.ts';
import { typeTexts, type TypeTexts } from './type-text.ts';

/** How the calls of one function travel. */
export interface SentFunction {
  readonly kind: 'mqtt' | 'redis';
  /** Topic or channel. */
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  /** Absent: what the variable `mqtt_address` or `redis_address` says. */
  readonly address?: string;
  /** Whether the receiver needs to be told which function is called. */
  readonly named: boolean;
  /** How long the caller waits for the reply, ms; absent where it does not wait. */
  readonly deadline?: number;
}

export interface BrokerImport {
  readonly importer: string;
  readonly provider: string;
  /** The contract's name as the importer has it and as the provider does. */
  readonly contract: string;
  readonly provided: string;
  /** As the importer's world has it, without resources. */
  readonly type: InstanceType;
  /** By the function's name in WIT. */
  readonly sends: ReadonlyMap<string, SentFunction>;
  readonly tee?: Tee;
  readonly modules: RuntimeModules;
}

const CALLS = {
  callMqtt: 'messaging/call-mqtt.ts',
  callRedis: 'messaging/call-redis.ts',
  askRedis: 'messaging/ask-redis.ts',
} as const;

/**
 * The module that stands for a contract whose calls travel over a broker. It exports what an import of the
 * contract has: its functions, each publishing a message. TypeScript.
 */
export function brokerImport(request: BrokerImport): string {
  const { importer, provider, contract, provided, type, sends, tee, modules } = request;
  const types = typeTexts();
  const tees = tee && teeTexts(tee, types, modules);
  const used = new Set<keyof typeof CALLS>();
  const functions = contractOf(contract, type).functions.map((one, at) => {
    const sent = sends.get(one.name);
    if (!sent) throw new Error(`nothing says where calls of ${one.name} of ${contract} go`);
    const call = sent.deadline !== undefined ? 'askRedis' : sent.kind === 'mqtt' ? 'callMqtt' : 'callRedis';
    used.add(call);
    const channel = objectText({
      topic: JSON.stringify(sent.topic),
      qos: String(sent.qos),
      address: sent.address === undefined ? undefined : JSON.stringify(sent.address),
    });
    const text = `${call}(edge, ${sentText(provided, one, sent, types)}, ${channel})`;
    const whole = tees ? tees.wrap(provided, one, text) : text;
    return `const f${at} = ${whole};\nexport { f${at} as ${camelCase(one.name)} };\n`;
  });
  const json = used.has('askRedis') ? ['toJsonOf', 'fromJsonOf'] : ['toJsonOf'];
  return [
    importLine(json, modules.contract('json.ts')),
    ...[...used].toSorted().map((name) => importLine([name], modules.guest(CALLS[name]))),
    tees?.imports() ?? '',
    'type ValueType = Parameters<typeof toJsonOf>[0];\n',
    types.declarations(),
    `const edge = ${objectText({
      importer: JSON.stringify(importer),
      provider: JSON.stringify(provider),
      name: JSON.stringify(camelCase(interfaceName(provided))),
    })};\n`,
    ...functions,
  ].join('');
}

function sentText(provided: string, one: ContractFunction, sent: SentFunction, types: TypeTexts): string {
  const asked = sent.deadline !== undefined;
  const func = asked ? one : { ...one, type: { ...one.type, result: undefined } as ContractFunction['type'] };
  const texts = callTexts(func, types, { arguments: 'toJsonOf', answer: 'fromJsonOf' });
  return objectText({
    name: texts.name,
    params: texts.params,
    toJson: texts.arguments,
    whole: texts.whole,
    function: sent.named ? JSON.stringify(functionId(provided, one.name)) : undefined,
    deadline: asked ? String(sent.deadline) : undefined,
    result: texts.result,
    error: texts.error,
  });
}
