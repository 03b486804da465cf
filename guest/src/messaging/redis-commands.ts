import { Connection, type RedisResult } from 'fermyon:spin/redis@2.0.0';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { addressOf } from './broker.ts';

/** Commands to one Redis server over one connection, which the first command opens. */
export interface RedisCommands extends Disposable {
  send(command: string, ...args: readonly (string | Uint8Array)[]): RedisResult[];
}

/** Throws what the host interface does, or a BrokerFailure, when a command is sent. */
export function redisCommands(address: string | undefined): RedisCommands {
  let connection: Connection | undefined;
  return {
    send(command, ...args) {
      connection ??= Connection.open(addressOf('redis_address', address));
      return connection.execute(
        command,
        args.map((arg) => ({ tag: 'binary', val: typeof arg === 'string' ? encodeUtf8(arg) : arg })),
      );
    },
    [Symbol.dispose]() {
      connection?.[Symbol.dispose]();
      connection = undefined;
    },
  };
}
