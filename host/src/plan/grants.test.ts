import { describe, expect, test } from 'vitest';
import { grantText, isGrantProblem, parseGrant, uniteGrants } from './grants.ts';

describe('parseGrant', () => {
  test.each([
    ['key-value', { kind: 'key-value', label: 'default' }],
    ['key-value:cache', { kind: 'key-value', label: 'cache' }],
    ['variables:api_key', { kind: 'variables', name: 'api_key' }],
    ['clocks', { kind: 'clocks' }],
    ['random', { kind: 'random' }],
    ['stdio', { kind: 'stdio' }],
    ['environment', { kind: 'environment' }],
    ['http:api.example.com', { kind: 'http', host: 'https://api.example.com' }],
    ['http:http://localhost:8080', { kind: 'http', host: 'http://localhost:8080' }],
    ['http:https://*.example.com/', { kind: 'http', host: 'https://*.example.com' }],
    ['http:localhost:3000..3010', { kind: 'http', host: '*://localhost:3000..3010' }],
    ['http:*', { kind: 'http', host: '*://*:*' }],
    ['http:[::1]:80', { kind: 'http', host: '*://[::1]:80' }],
    ['mqtt:{{ mqtt_address }}', { kind: 'mqtt', host: '{{ mqtt_address }}' }],
    ['http:https://{{ api_host }}:{{ port }}', { kind: 'http', host: 'https://{{ api_host }}:{{ port }}' }],
    ['mqtt:broker:1883', { kind: 'mqtt', host: 'mqtt://broker:1883' }],
    ['redis:rediss://cache', { kind: 'redis', host: 'rediss://cache' }],
  ])('%s', (text, grant) => {
    const parsed = parseGrant(text);
    expect(parsed).toEqual(grant);
    // What plan.json shows can be written into a manifest and means the same.
    expect(isGrantProblem(parsed) ? parsed : parseGrant(grantText(parsed))).toEqual(grant);
  });

  test.each([
    'key-value:',
    'key-value:a b',
    'variables',
    'variables:A',
    'clocks:utc',
    'http',
    'http:',
    'http:ftp://example.com',
    'http:https://example.com/path',
    'http:a*b',
    'http:*://example.com',
    'http:example.com:99999',
    'mqtt:https://example.com',
  ])('%s has the wrong form', (text) => expect(parseGrant(text)).toMatchObject({ unknown: false }));

  test.each([
    ['keyvalue:x', 'Did you mean `key-value:x`?'],
    ['https://a.b', 'Did you mean `http:https://a.b`?'],
    ['rediss://a', 'Did you mean `redis:rediss://a`?'],
    ['filesystem', undefined],
  ])('%s is unknown', (text, next) => {
    const parsed = parseGrant(text);
    expect(parsed).toMatchObject({ unknown: true });
    expect(isGrantProblem(parsed) ? parsed.next : 'a grant').toBe(next);
  });
});

test('uniteGrants keeps each once, in order', () => {
  const united = uniteGrants([
    { kind: 'random' },
    { kind: 'clocks' },
    { kind: 'random' },
    { kind: 'key-value', label: 'x' },
  ]);
  expect(united.map(grantText)).toEqual(['clocks', 'key-value:x', 'random']);
});
