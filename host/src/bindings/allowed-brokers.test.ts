import { expect, test } from 'vitest';
import type { Grant } from '../plan/types.ts';
import { allowedBrokers } from './allowed-brokers.ts';
import { bareAddress } from './broker-address.ts';
import { isAllowed } from './http/allowed-hosts.ts';

test.each<[grants: readonly Grant[], address: string, allowed: boolean]>([
  [[{ kind: 'redis', host: 'redis://cache' }], 'redis://cache:6379/2', true],
  [[{ kind: 'redis', host: 'redis://cache' }], 'redis://user:secret@CACHE', true],
  [[{ kind: 'redis', host: 'redis://cache' }], 'redis://cache:6380', false],
  [[{ kind: 'redis', host: 'redis://cache' }], 'rediss://cache:6379', false],
  [[{ kind: 'redis', host: 'redis://cache' }], 'mqtt://cache:6379', false],
  [
    [{ kind: 'mqtt', host: 'mqtt://*.example.com:1000..2000' }],
    'mqtt://a.example.com:1999?client_id=a',
    true,
  ],
  [
    [{ kind: 'mqtt', host: 'mqtt://*.example.com:1000..2000' }],
    'mqtt://a.example.com:2000?client_id=a',
    false,
  ],
  [[{ kind: 'mqtt', host: '{{ mqtt_address }}' }], 'mqtt://broker:1883?client_id=a', true],
  [[{ kind: 'mqtt', host: 'mqtt://{{ mqtt_host }}:1883' }], 'mqtt://broker?client_id=a', true],
  [[{ kind: 'redis', host: '{{ with_user }}' }], 'redis://user:secret@cache:6379/1', true],
  [[{ kind: 'redis', host: '{{ bare }}' }], 'redis://cache:6379', true],
  [[{ kind: 'redis', host: '{{ unset }}' }], 'redis://cache:6379', false],
  // As in Spin the scheme counts, not the interface.
  [[{ kind: 'http', host: '*://*:*' }], 'redis://anything:1', true],
  [[{ kind: 'http', host: 'example.com' }], 'redis://example.com', false],
  [[{ kind: 'clocks' }], 'redis://cache', false],
])('%j allows %s: %s', (grants, address, allowed) => {
  const variables = {
    mqtt_address: 'mqtt://broker:1883',
    mqtt_host: 'broker',
    with_user: 'redis://user:s@cret@cache:6379/1',
    bare: 'cache:6379',
  };
  expect(isAllowed(address, allowedBrokers(grants, variables))).toBe(allowed);
});

test('a grant that is no host is refused', () => {
  expect(() => allowedBrokers([{ kind: 'redis', host: 'redis://a b' }], {})).toThrow(
    expect.objectContaining({ code: 'bindings/allowed-host' }),
  );
});

test.each([
  ['mqtt://user:secret@Broker?client_id=a', 'mqtt://broker:1883'],
  ['mqtt://broker:1884/', 'mqtt://broker:1884'],
  ['mqtts://broker', 'mqtts://broker:8883'],
  ['redis://cache/2', 'redis://cache:6379/2'],
  ['redis://:secret@[::1]:1/', 'redis://[::1]:1'],
  ['nothing', 'nothing'],
])('%s is known as %s', (address, bare) => {
  expect(bareAddress(address)).toBe(bare);
});
