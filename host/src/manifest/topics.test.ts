import { expect, test } from 'vitest';
import { isTopic, isTopicFilter, matchesTopic } from './topics.ts';

test.each(['neworders', 'orders/submitted', '/a//b/', 'bestellung/größe', 'a b'])(
  '%s is a topic',
  (topic) => {
    expect([isTopic(topic), isTopicFilter(topic)]).toEqual([true, true]);
  },
);

test.each(['orders/+', '+', '#', 'orders/#', '+/a/#', '$SYS/broker/uptime'])(
  '%s is a filter only',
  (topic) => {
    expect([isTopic(topic), isTopicFilter(topic)]).toEqual([false, true]);
  },
);

test.each(['', 'a/#/b', 'a#', 'a+/b', '$share/group/orders', 'a\0b', 'ä'.repeat(32_768)])(
  '%j is neither',
  (topic) => {
    expect([isTopic(topic), isTopicFilter(topic)]).toEqual([false, false]);
  },
);

test.each([
  ['a/b', 'a/b'],
  ['a/+', 'a/b'],
  ['+/+', '/b'],
  ['#', 'a/b/c'],
  ['a/#', 'a/b/c'],
  ['a/#', 'a'],
  ['+/b/#', 'a/b'],
  ['$SYS/#', '$SYS/uptime'],
])('%s gets %s', (filter, topic) => {
  expect(matchesTopic(filter, topic)).toBe(true);
});

test.each([
  ['a/b', 'a/b/c'],
  ['a/+', 'a'],
  ['a/+', 'a/b/c'],
  ['+', '/b'],
  ['a/#', 'ab'],
  ['+/b/#', 'a/c/b'],
  ['#', '$SYS/uptime'],
  ['+/uptime', '$SYS/uptime'],
])('%s does not get %s', (filter, topic) => {
  expect(matchesTopic(filter, topic)).toBe(false);
});
