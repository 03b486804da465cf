import type { ContractFunction } from '../contract/interface.ts';
import { callTexts } from './call-text.ts';
import { functionId } from './function-id.ts';
import { importLine, objectText, type RuntimeModules } from './modules.ts';
import type { TypeTexts } from './type-text.ts';

/** Copies of the calls of an edge. */
export interface Tee {
  readonly format: 'json' | 'cloudevents';
  /** Whether copies contain the result. */
  readonly result: boolean;
  /** Whether a call fails whose copy cannot be sent. */
  readonly required: boolean;
  /** The URI reference that CloudEvents have as their source: `/orders/receiver`. */
  readonly source: string;
  /** By the function's name in WIT. */
  readonly sends: ReadonlyMap<string, TeedFunction>;
}

export interface TeedFunction {
  readonly kind: 'mqtt' | 'redis';
  readonly topic: string;
  readonly qos: 0 | 1 | 2;
  readonly address?: string;
  /** Whether copies of other functions go there too, so that each names its own. */
  readonly shared: boolean;
}

/** Text that makes tees of functions. */
export interface TeeTexts {
  /** The expression of a function with a tee, from that of the function. */
  wrap(contract: string, one: ContractFunction, call: string): string;
  /** What all that was wrapped needs. */
  imports(): string;
}

/** Wraps functions of one edge; `edge` is the name of the constant that says which. */
export function teeTexts(tee: Tee, types: TypeTexts, modules: RuntimeModules): TeeTexts {
  const used = new Map<string, string>();
  const use = (name: string, module: string): string => {
    used.set(name, module);
    return name;
  };
  return {
    wrap(contract, one, call) {
      const sent = tee.sends.get(one.name);
      if (!sent) throw new Error(`nothing says where copies of ${one.name} of ${contract} go`);
      const texts = callTexts(one, types, { arguments: 'toJsonOf', answer: 'toJsonOf' });
      const called = objectText({
        name: texts.name,
        params: texts.params,
        toJson: texts.arguments,
        whole: texts.whole,
        result: tee.result ? (texts.result ?? "'empty'") : undefined,
        function:
          sent.shared && tee.format === 'json' ? JSON.stringify(functionId(contract, one.name)) : undefined,
      });
      const mqtt = sent.kind === 'mqtt';
      const to = objectText({
        broker: mqtt ? "'MQTT'" : "'Redis'",
        topic: JSON.stringify(sent.topic),
        qos: String(sent.qos),
        address: sent.address === undefined ? undefined : JSON.stringify(sent.address),
        publish: mqtt
          ? use('publishMqtt', 'messaging/publish-mqtt.ts')
          : use('publishRedis', 'messaging/publish-redis.ts'),
        wrap:
          tee.format === 'cloudevents'
            ? `${use('cloudEvent', 'messaging/cloud-event.ts')}(${JSON.stringify(tee.source)}, ${JSON.stringify(eventType(contract, one.name))})`
            : undefined,
        required: String(tee.required),
      });
      return `${use('teed', 'messaging/tee.ts')}(edge, ${called}, ${to}, ${call})`;
    },
    imports: () =>
      [...used]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, module]) => importLine([name], modules.guest(module)))
        .join(''),
  };
}

/** `orders:fulfilment/fulfilment@0.1.0` and `submit` → `orders.fulfilment.fulfilment.submit`. */
function eventType(contract: string, name: string): string {
  return functionId(contract, name).replaceAll(/[:/#]/g, '.');
}
