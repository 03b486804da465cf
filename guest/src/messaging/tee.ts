import { writeErr } from '../console/write.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { reasonOf, type Channel } from './broker.ts';
import { pathOf, undelivered, type BrokerEdge, type Called, type Mapping } from './call.ts';

export interface TeedCall {
  readonly name: string;
  readonly params: readonly string[];
  /** The arguments by name as JSON, or the only argument where that is a record. */
  readonly toJson: Mapping;
  readonly whole: boolean;
  /** Where copies contain the result: what writes it down; `empty` for a function without one. */
  readonly result?: Mapping | 'empty';
  /** Which function it is, where copies of several go to the same topic. */
  readonly function?: string;
}

export interface Tee extends Channel {
  readonly broker: 'MQTT' | 'Redis';
  readonly publish: (channel: Channel, message: Uint8Array) => void;
  /** What a copy is wrapped in; absent for plain JSON. */
  readonly wrap?: (data: unknown) => object;
  /** Whether a call fails whose copy cannot be sent. */
  readonly required: boolean;
}

/** A function of which each successful call is published, for whom it may concern, after it has returned. */
export function teed(edge: BrokerEdge, called: TeedCall, tee: Tee, call: Called): Called {
  return (...args) => {
    const value = call(...args);
    try {
      const data = copyOfCall(called, args, value);
      tee.publish(tee, encodeUtf8(JSON.stringify(tee.wrap === undefined ? data : tee.wrap(data))));
    } catch (error) {
      if (tee.required) throw undelivered(edge, called, tee.broker, tee, error);
      const where = `${tee.broker} ${tee.broker === 'MQTT' ? 'topic' : 'channel'} ${tee.topic}`;
      writeErr(
        `a copy of ${edge.importer}'s call of ${pathOf(edge, called)} was not sent to ${where}: ${reasonOf(error)}\n`,
      );
    }
    return value;
  };
}

function copyOfCall(called: TeedCall, args: readonly unknown[], value: unknown): object {
  const { params, toJson, whole, result, function: name } = called;
  const json = whole
    ? toJson(args[0], params[0]!)
    : toJson(Object.fromEntries(params.map((param, at) => [param, args[at]])), '');
  const copy =
    result === undefined
      ? (json as object)
      : { arguments: json, result: result === 'empty' ? null : result(value, 'result') };
  return name === undefined ? copy : { ...copy, _tenon: { function: name } };
}
