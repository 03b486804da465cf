/** How many connections a guest may hold open, as in Spin (crates/factor-outbound-mqtt). */
const MAX_OPEN = 1024;

/** `variant error` of fermyon:spin/mqtt@2.0.0, in jco's form. */
export type MqttErrorValue =
  | { readonly tag: 'invalid-address' | 'too-many-connections' }
  | { readonly tag: 'connection-failed' | 'other'; readonly val: string };

/** An error for the guest: the glue takes `payload` as the error of the function's result. */
export class MqttError extends Error {
  override readonly name = 'MqttError';
  readonly payload: MqttErrorValue;

  constructor(payload: MqttErrorValue) {
    super('val' in payload ? payload.val : payload.tag);
    this.payload = payload;
  }
}

/** `enum qos`, in jco's form. */
export type GuestQos = 'at-most-once' | 'at-least-once' | 'exactly-once';

export interface GuestLogin {
  readonly address: string;
  readonly username: string;
  readonly password: string;
  /** Seconds. */
  readonly keepAlive: bigint;
}

/** What the resource's function needs of the binding; throws MqttError. */
export interface MqttAccess {
  publish(topic: string, payload: Uint8Array, qos: 0 | 1 | 2): void;
}

const LEVELS = { 'at-most-once': 0, 'at-least-once': 1, 'exactly-once': 2 } as const;

/**
 * The resource `connection` as the class that the glue asks for.
 *
 * @param connect checks an address and gives access to its broker; throws MqttError
 */
export function createMqttConnectionClass(connect: (login: GuestLogin) => MqttAccess) {
  let count = 0;

  class Connection implements Disposable {
    readonly #to: MqttAccess;
    #disposed = false;

    constructor(to: MqttAccess) {
      this.#to = to;
      count++;
    }

    static open(address: string, username: string, password: string, keepAlive: bigint): Connection {
      const to = connect({ address, username, password, keepAlive });
      if (count >= MAX_OPEN) throw new MqttError({ tag: 'too-many-connections' });
      return new Connection(to);
    }

    publish(topic: string, payload: Uint8Array, qos: GuestQos): void {
      this.#to.publish(topic, payload, LEVELS[qos]);
    }

    [Symbol.dispose](): void {
      if (this.#disposed) return;
      this.#disposed = true;
      count--;
    }
  }
  return { Connection, open: () => count };
}
