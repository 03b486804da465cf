/** How long a topic may be, in bytes of UTF-8: its length is written in 16 bits. */
const MAX_BYTES = 65_535;

/** Whether a message can be published to a topic. Source: MQTT 3.1.1, 4.7.1 and 4.7.3. */
export function isTopic(text: string): boolean {
  // `$` is for the broker's own topics and for shared subscriptions: nobody may publish there.
  return isText(text) && !/[+#]/.test(text) && !text.startsWith('$');
}

/**
 * Whether a topic can be subscribed to: `+` stands for one level, `#` at the end for any rest. Shared
 * subscriptions (`$share/…`) are made by Tenon where the broker has them. Source: MQTT 3.1.1, 4.7.1.
 */
export function isTopicFilter(text: string): boolean {
  const levels = text.split('/');
  return (
    isText(text) &&
    levels[0] !== '$share' &&
    levels.every(
      (level, at) => level === '+' || (level === '#' ? at === levels.length - 1 : !/[+#]/.test(level)),
    )
  );
}

/** Whether a subscription to a filter gets what is published to a topic. Source: MQTT 3.1.1, 4.7. */
export function matchesTopic(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  if (wanted.at(-1) === '#') wanted.pop();
  else if (wanted.length !== levels.length) return false;
  // `a/#` gets what is published to `a` too.
  return wanted.every((level, at) => level === levels[at] || (level === '+' && at < levels.length));
}

function isText(text: string): boolean {
  return text !== '' && !text.includes('\0') && new TextEncoder().encode(text).length <= MAX_BYTES;
}
