/** How a client makes itself known to an MQTT broker. */
export interface MqttLogin {
  /** With scheme, host and port, without user and query. */
  readonly address: string;
  /** Both empty: none. */
  readonly username: string;
  readonly password: string;
  /** Seconds between signs of life, 0 for none. */
  readonly keepAlive: number;
}

/** A question to the main thread: a message to publish. */
export interface MqttQuestion extends MqttLogin {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
}

export type MqttAnswer =
  /** As far as the quality of service goes. */
  | { readonly kind: 'published' }
  | { readonly kind: 'refused'; readonly message: string }
  /** There is no connection, or it broke: whether the broker has the message is not known. */
  | { readonly kind: 'unreachable'; readonly message: string };
