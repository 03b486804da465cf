import { messageId } from './message-id.ts';

/** Wraps data in a CloudEvent, version 1.0, in structured mode: https://github.com/cloudevents/spec, JSON format. */
export function cloudEvent(source: string, type: string): (data: unknown) => object {
  return (data) => ({
    specversion: '1.0',
    id: messageId(),
    source,
    type,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data,
  });
}
