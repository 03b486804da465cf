import { get } from 'fermyon:spin/variables@2.0.0';

/** What clients of both kinds of broker have in common. */

/** Where messages of one function go. */
export interface Channel {
  /** MQTT topic or Redis channel. */
  readonly topic: string;
  /** 1 for Redis, where it says nothing. */
  readonly qos: 0 | 1 | 2;
  /** Absent: what the variable `mqtt_address` or `redis_address` says. */
  readonly address?: string;
}

/** Why a broker did not do what it was asked for, in words for a log line. */
export class BrokerFailure extends Error {
  override readonly name = 'BrokerFailure';
}

/** The address that the app was given, unless the manifest names one. Throws a BrokerFailure where there is none. */
export function addressOf(variable: 'mqtt_address' | 'redis_address', given: string | undefined): string {
  if (given !== undefined) return given;
  try {
    return get(variable);
  } catch (error) {
    throw new BrokerFailure(`the variable ${variable} has no value: ${reasonOf(error)}`);
  }
}

/** What a host interface threw, in words: its error is in the payload, a name or a case with text. */
export function reasonOf(error: unknown): string {
  if (error instanceof BrokerFailure) return error.message;
  const payload = error instanceof Error && 'payload' in error ? error.payload : error;
  if (typeof payload === 'string') return payload;
  const { tag, val } = (payload ?? {}) as { tag?: unknown; val?: unknown };
  if (typeof tag !== 'string') return error instanceof Error ? error.message : String(error);
  const name = tag.replaceAll('-', ' ');
  return typeof val !== 'string' || val === '' ? name : tag === 'other' ? val : `${name}: ${val}`;
}
