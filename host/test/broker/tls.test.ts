import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, startMosquitto, startRedis } from '../brokers.ts';
import { tool } from '../tools.ts';
import { rig } from './workers.ts';

const tools = [tool('openssl'), tool('redis-server'), tool('mosquitto')];
const usual = getCACertificates('default');

describe.skipIf(tools.some(({ missing }) => missing))(
  `over TLS${tools.map(({ reason }) => reason).join('')}`,
  () => {
    let folder: string;
    let key: string;
    let certificate: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'tenon-tls-'));
      [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
      const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
      execFileSync(
        'openssl',
        [
          'req',
          '-x509',
          '-newkey',
          'rsa:2048',
          '-nodes',
          '-keyout',
          key,
          '-out',
          certificate,
          '-days',
          '1',
          '-subj',
          '/CN=localhost',
          '-addext',
          names,
        ],
        { stdio: 'ignore' },
      );
    });
    afterAll(() => {
      setDefaultCACertificates(usual);
      rmSync(folder, { recursive: true, force: true });
    });

    test('brokers are reached by name and number, if their certificate is trusted', async () => {
      const [redisPort, mqttPort] = [await freePort(), await freePort()];
      await using _redis = await startRedis({
        config: [
          `tls-port ${redisPort}`,
          `tls-cert-file ${certificate}`,
          `tls-key-file ${key}`,
          `tls-ca-cert-file ${certificate}`,
          'tls-auth-clients no',
        ],
      });
      await using _mqtt = await startMosquitto({
        config: [`listener ${mqttPort} 127.0.0.1`, `certfile ${certificate}`, `keyfile ${key}`],
      });
      await using guests = rig({
        grants: [
          { kind: 'redis', host: `rediss://*:${redisPort}` },
          { kind: 'mqtt', host: `mqtts://*:${mqttPort}` },
        ],
      });
      const worker = guests.worker();
      const use = async (host: string): Promise<unknown[]> => {
        const got = await worker.run(
          `const c = redis.Connection.open('rediss://${host}:${redisPort}'); c.set('a', bytes('x')); return c.get('a')`,
        );
        const sent =
          await worker.run(`const c = mqtt.Connection.open('mqtts://${host}:${mqttPort}?client_id=a', '', '', 30n);
        c.publish('a', bytes('x'), 'at-least-once'); return 'acknowledged'`);
        return [got.value ?? got.error, sent.value ?? sent.error];
      };
      const untrusted = { val: expect.stringContaining('self-signed certificate') as string };
      expect(await use('localhost')).toMatchObject([untrusted, untrusted]);
      setDefaultCACertificates([...usual, readFileSync(certificate, 'utf8')]);
      expect(await use('localhost')).toEqual(['x', 'acknowledged']);
      expect(await use('127.0.0.1')).toEqual(['x', 'acknowledged']);
    });
  },
);
