import type { HttpAnswer, OutboundRequest } from '../http/message.ts';
import type { MqttAnswer, MqttQuestion } from '../mqtt/message.ts';
import type { RedisAnswer, RedisQuestion } from '../redis/message.ts';

/** What workers ask the main thread for, and what it answers. */
export interface Services {
  readonly http: { readonly question: OutboundRequest; readonly answer: HttpAnswer };
  readonly redis: { readonly question: RedisQuestion; readonly answer: RedisAnswer };
  readonly mqtt: { readonly question: MqttQuestion; readonly answer: MqttAnswer };
}

export type ServiceName = keyof Services;
