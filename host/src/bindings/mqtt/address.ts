/** Query parameters that Spin's client knows, with the form of their values. */
const PARAMETERS: Readonly<Record<string, RegExp>> = {
  keep_alive_secs: /^\+?\d+$/,
  clean_session: /^(?:true|false)$/,
  max_incoming_packet_size_bytes: /^\+?\d+$/,
  max_outgoing_packet_size_bytes: /^\+?\d+$/,
  request_channel_capacity_num: /^\+?\d+$/,
  max_request_batch_num: /^\+?\d+$/,
  pending_throttle_usecs: /^\+?\d+$/,
  inflight_num: /^\+?\d+$/,
};

/**
 * Whether Spin's client would take an address: it must have a `client_id` and may have no parameter that is not
 * known. Source: rumqttc 0.24, src/lib.rs, `TryFrom<url::Url> for MqttOptions`.
 */
export function isMqttAddress(text: string): boolean {
  const url = URL.parse(text);
  if (!url || !['mqtt:', 'mqtts:', 'tcp:', 'ssl:'].includes(url.protocol)) return false;
  if (!url.searchParams.has('client_id')) return false;
  return [...url.searchParams].every(
    ([name, value]) => name === 'client_id' || PARAMETERS[name]?.test(value) === true,
  );
}

/** Whether a message can be published to a topic: no wildcards, not empty, at most 65,535 bytes [MQTT-4.7.3]. */
export function isTopic(topic: string): boolean {
  const strange = ['+', '#', '\0'].some((char) => topic.includes(char));
  return topic !== '' && !strange && Buffer.byteLength(topic) <= 65_535;
}
