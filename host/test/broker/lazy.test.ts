import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

/** Packages of which files are loaded once some code has run in a process of its own. */
function loadedBy(code: string): string[] {
  const report = `
    const { createRequire } = await import('node:module');
    const files = Object.keys(createRequire(import.meta.url).cache);
    const names = ['redis', '@redis/client', 'mqtt', 'mqtt-packet'];
    console.log(JSON.stringify(names.filter((name) => files.some((file) => file.includes('/node_modules/' + name + '/')))));
    process.exit()`;
  const args = ['--input-type=module', '-e', code + report];
  return JSON.parse(
    execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' }),
  ) as string[];
}

const CREATE = `
  const { createBrokers } = await import('../../src/broker/brokers.ts');
  const { publisher } = createBrokers();
  const send = (kind) => publisher.publish(
    { kind, address: kind + '://127.0.0.1:1', topic: 'a', payload: new Uint8Array(), qos: 1 },
    new AbortController().signal).catch(() => {});
`;

test('a library is loaded when something connects, and no other', () => {
  expect(loadedBy(`${CREATE} await import('../../src/bindings/create.ts');`)).toEqual([]);
  expect(loadedBy(`${CREATE} await send('redis');`)).toEqual(['redis', '@redis/client']);
  expect(loadedBy(`${CREATE} await send('mqtt');`)).toEqual(['mqtt', 'mqtt-packet']);
});
