import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { accept } from '../../../k8s/acceptance.ts';
import { startApp } from '../../src/trigger/app.ts';
import { ORDERS_MANIFEST, temporaryFolder } from '../orders/app.ts';

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, '../../../k8s/acceptance.ts');

/** A deployment that answers as it is told, one status after the other, the last one for ever. */
async function deployment(posted: [number, string], ...statuses: [number, string][]) {
  const server = createServer((request, response) => {
    const [status, body] =
      request.method === 'POST' ? posted : statuses.length > 1 ? statuses.shift()! : statuses[0]!;
    response.writeHead(status).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const TASK: [number, string] = [202, '{"task":{"href":"/orderstatus/7","id":7,"status":"created"}}'];

describe('the acceptance test', () => {
  test('accepts the ordering app', async () => {
    await using state = await temporaryFolder('acceptance');
    const app = await startApp({ manifest: ORDERS_MANIFEST, listen: '127.0.0.1:0', stateDir: state.path });
    try {
      const { stdout } = await run(process.execPath, [SCRIPT, app.url!]);
      expect(stdout).toMatch(/^202 \{"task":.*\n200 \{"id":"\d+","status":"fulfilled"\}\naccepted\n$/);
    } finally {
      await app.close();
    }
  });

  test('waits for an order that is on its way', async () => {
    await using app = await deployment(
      TASK,
      [404, ''],
      [200, '{"id":"7","status":"created"}'],
      [200, '{"id":"7","status":"fulfilled"}'],
    );
    expect(await accept(app.url)).toEqual([
      `202 ${TASK[1]}`,
      '404 ',
      '200 {"id":"7","status":"created"}',
      '200 {"id":"7","status":"fulfilled"}',
    ]);
  });

  test.each<[what: string, posted: [number, string], status: [number, string], message: string]>([
    ['another answer', [500, ''], [404, ''], 'POST /order: expected 202, found 500'],
    [
      'a rejected order',
      TASK,
      [200, '{"id":"7","status":"rejected"}'],
      'expected "fulfilled", found "rejected"',
    ],
    ['an order that never comes', TASK, [404, ''], 'expected "fulfilled" within 0.2 s, found 404'],
  ])('refuses %s', async (_, posted, status, message) => {
    await using app = await deployment(posted, status);
    await expect(accept(app.url, 200)).rejects.toThrow(message);
  });

  test('says what is wrong with an address, by its exit code too', async () => {
    await expect(run(process.execPath, [SCRIPT])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('usage: npm run acceptance'),
    });
    await expect(run(process.execPath, [SCRIPT, 'http://127.0.0.1:1'])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('not accepted: fetch failed'),
    });
  });
});
