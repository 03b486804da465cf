import { Store } from '../doubles/key-value.ts';

/** A message that a component published. */
export interface Published {
  readonly broker: 'mqtt' | 'redis';
  readonly address: string;
  readonly topic: string;
  readonly qos?: string;
  readonly payload: Uint8Array;
}

type Parameter = { readonly tag: string; readonly val: Uint8Array };
type Answer =
  | { readonly tag: 'nil' }
  | { readonly tag: 'binary'; readonly val: Uint8Array }
  | Number64
  | Status;
type Number64 = { readonly tag: 'int64'; readonly val: bigint };
type Status = { readonly tag: 'status'; readonly val: string };

/**
 * `fermyon:spin/mqtt`, `redis` and `variables` of one imagined network, in the form that jco's glue wants. What is
 * published is kept, and handed to who listens before publishing returns.
 */
export class FakeBrokers {
  readonly published: Published[] = [];
  /** Commands that Redis got, but for those that publish. */
  readonly commands: string[] = [];
  readonly listeners = new Map<string, (payload: Uint8Array) => void>();
  readonly lists = new Map<string, Uint8Array[]>();
  readonly keys = new Map<string, Uint8Array>();
  readonly variables: Record<string, string> = {
    mqtt_address: 'mqtt://broker:1883',
    redis_address: 'redis://server:6379',
  };
  /** What opening a connection answers instead. */
  refusal: unknown;
  openHandles = 0;

  /** The message as JSON. */
  json(index = -1): unknown {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(this.published.at(index)!.payload));
  }

  clear(): void {
    this.published.length = 0;
    this.commands.length = 0;
    this.lists.clear();
    this.keys.clear();
  }

  imports(): Record<string, Record<string, unknown>> {
    return importsOf(this);
  }

  execute(command: string, parameters: readonly Parameter[]): Answer[] {
    const [key = '', ...rest] = parameters.map(text);
    this.commands.push([command, key, ...rest].join(' '));
    switch (command) {
      case 'SET':
        if (this.keys.has(key)) return [{ tag: 'nil' }];
        this.keys.set(key, parameters[1]!.val);
        return [{ tag: 'status', val: 'OK' }];
      case 'GET': {
        const value = this.keys.get(key);
        return [value === undefined ? { tag: 'nil' } : { tag: 'binary', val: value }];
      }
      case 'DEL':
        return [{ tag: 'int64', val: this.keys.delete(key) ? 1n : 0n }];
      case 'RPUSH':
        this.lists.set(key, [...(this.lists.get(key) ?? []), parameters[1]!.val]);
        return [{ tag: 'int64', val: 1n }];
      case 'EXPIRE':
        return [{ tag: 'int64', val: 1n }];
      case 'BLPOP': {
        const value = this.lists.get(key)?.shift();
        return value === undefined
          ? [{ tag: 'nil' }]
          : [
              { tag: 'binary', val: new TextEncoder().encode(key) },
              { tag: 'binary', val: value },
            ];
      }
      default:
        throw new Error(`the double has no ${command}`);
    }
  }
}

function importsOf(network: FakeBrokers): Record<string, Record<string, unknown>> {
  class Connection {
    protected readonly address: string;
    constructor(address: string) {
      if (network.refusal !== undefined) throw refusal(network.refusal);
      this.address = address;
      network.openHandles += 1;
    }
    [Symbol.dispose](): void {
      network.openHandles -= 1;
    }
  }
  class MqttConnection extends Connection {
    static open(address: string): MqttConnection {
      return new MqttConnection(address);
    }
    publish(topic: string, payload: Uint8Array, qos: string): void {
      network.published.push({ broker: 'mqtt', address: this.address, topic, qos, payload });
      network.listeners.get(topic)?.(payload);
    }
  }
  class RedisConnection extends Connection {
    static open(address: string): RedisConnection {
      return new RedisConnection(address);
    }
    publish(topic: string, payload: Uint8Array): void {
      network.published.push({ broker: 'redis', address: this.address, topic, payload });
      network.listeners.get(topic)?.(payload);
    }
    execute(command: string, parameters: readonly Parameter[]): Answer[] {
      if (command !== 'PUBLISH') return network.execute(command, parameters);
      const topic = text(parameters[0]);
      this.publish(topic, parameters[1]!.val);
      return [{ tag: 'int64', val: network.listeners.has(topic) ? 1n : 0n }];
    }
  }
  return {
    'fermyon:spin/mqtt': { Connection: MqttConnection },
    'fermyon:spin/redis': { Connection: RedisConnection },
    'fermyon:spin/variables': {
      get(name: string): string {
        const value = network.variables[name];
        if (value === undefined) throw refusal({ tag: 'undefined', val: name });
        return value;
      },
    },
    'fermyon:spin/key-value': { Store },
  };
}

function text(parameter: Parameter | undefined): string {
  return new TextDecoder().decode(parameter?.val);
}

/** An error of a host interface, as the glue takes it. */
function refusal(payload: unknown): Error {
  return Object.assign(new Error('refused'), { payload });
}
