import { beforeEach, expect, test } from 'vitest';
import { reset, written } from '../../test/doubles/stdio.ts';
import { Promise as GuestPromise } from '../async/promise.ts';
import { handleMqtt } from './mqtt.ts';
import { handleRedis } from './redis.ts';

beforeEach(reset);

const bytes = new TextEncoder().encode('{"id":1}');

test('a Redis handler gets the message as bytes, text or JSON, and may be async', () => {
  const seen: unknown[] = [];
  handleRedis((message) => {
    seen.push(message.bytes, message.text());
    return GuestPromise.resolve().then(() => void seen.push(message.json()));
  }).handleMessage(bytes);
  expect(seen).toEqual([bytes, '{"id":1}', { id: 1 }]);
});

test('what a Redis handler throws is logged once and becomes the error of the interface', () => {
  const { handleMessage } = handleRedis(() => GuestPromise.reject(new Error('no')));
  const outcome = ((): unknown => {
    try {
      return handleMessage(bytes);
    } catch (error) {
      return error;
    }
  })();
  expect(outcome).toBe('error');
  expect(written.stderr).toMatch(/^the Redis message was not handled: Error: no\n/);
});

test('an MQTT handler gets the topic too', () => {
  const seen: unknown[] = [];
  handleMqtt(({ topic, json }) => void seen.push(topic, json()))(bytes, { topic: 'a/b' });
  expect(seen).toEqual(['a/b', { id: 1 }]);
});

test('what an MQTT handler throws becomes the error of the trigger, with its message', () => {
  const handle = handleMqtt(({ json }) => void json());
  expect(() => handle(Uint8Array.of(0x7b), { topic: 't' })).toThrow(
    expect.objectContaining({ tag: 'other', val: expect.stringMatching(/^SyntaxError: /) as string }),
  );
  expect(written.stderr).toMatch(/^the MQTT message on t was not handled: SyntaxError/);
});
