import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildProbe, type Probe } from '../../src/bindings/probe.fixture.ts';
import { startMosquitto, startRedis, type BrokerProcess } from '../brokers.ts';
import { tool } from '../tools.ts';
import { listen } from './listener.ts';
import { rig, type GuestWorker, type Rig } from './workers.ts';

const redis = tool('redis-server');
const mosquitto = tool('mosquitto');
const missing = redis.missing || mosquitto.missing;

describe.skipIf(missing)(
  `a guest gets through the glue what the interfaces promise${redis.reason}${mosquitto.reason}`,
  () => {
    let probe: Probe;
    let guests: Rig;
    let guest: GuestWorker;
    let server: BrokerProcess;
    let broker: BrokerProcess;
    beforeAll(async () => {
      [probe, server, broker] = await Promise.all([buildProbe(), startRedis(), startMosquitto()]);
      guests = rig({}, { parts: probe.parts });
      guest = guests.worker();
    });
    afterAll(async () => {
      await guests?.[Symbol.asyncDispose]();
      await server?.[Symbol.asyncDispose]();
      await broker?.[Symbol.asyncDispose]();
      probe?.[Symbol.dispose]();
    });

    test('redis', async () => {
      const ran = await guest.run(`
      const c = m.redis.Connection.open('${server.address}');
      c.set('k', bytes('v'));
      c.publish('channel', bytes('x'));
      const int = (val) => ({ tag: 'int64', val });
      const bin = (text) => ({ tag: 'binary', val: bytes(text) });
      const all = [c.get('k'), c.get('none') ?? 'none', c.incr('n'), c.del(['k']), c.sadd('s', ['a']), c.smembers('s'),
        c.srem('s', ['a']), c.execute('INCRBY', [bin('n'), int(41)]), c.execute('SET', [bin('k'), bin('v')]),
        c.execute('MGET', [bin('k'), bin('none')])];
      c[Symbol.dispose]();
      return all;`);
      expect(ran.error).toBeUndefined();
      expect(ran.value).toEqual([
        [118],
        'none',
        1,
        1,
        1,
        ['a'],
        1,
        [{ tag: 'int64', val: 42 }],
        [{ tag: 'status', val: 'OK' }],
        [{ tag: 'binary', val: [118] }, { tag: 'nil' }],
      ]);
      expect(ran).toMatchObject({ effect: true, handles: 0 });
    });

    test('what a guest leaves open is counted', async () => {
      const ran = await guest.run(`kept.push(m.redis.Connection.open('${server.address}'))`);
      expect(ran.handles).toBe(1);
      const dropped = await guest.run(`kept.pop()[Symbol.dispose]()`);
      expect(dropped.handles).toBe(0);
    });

    test.each([
      [`m.redis.Connection.open('redis://10.0.0.1')`, { tag: 'invalid-address' }],
      [
        `m.redis.Connection.open('SERVER').execute('NO', [])`,
        { tag: 'other', val: expect.stringContaining('NO') as string },
      ],
      [`m.mqtt.Connection.open('BROKER', '', '', 1)`, { tag: 'invalid-address' }],
      [
        `m.mqtt.Connection.open('mqtt://10.0.0.1', '', '', 1)`,
        { tag: 'connection-failed', val: 'address mqtt://10.0.0.1 is not permitted' },
      ],
    ])('%s', async (code, error) => {
      const ran = await guest.run(code.replace('SERVER', server.address).replace('BROKER', broker.address));
      expect(ran.error).toEqual(error);
    });

    test('mqtt', async () => {
      await using listener = await listen(broker.address, 'a');
      const ran = await guest.run(`
      const c = m.mqtt.Connection.open('${broker.address}?client_id=a', '', '', 30);
      for (const qos of ['at-most-once', 'at-least-once', 'exactly-once']) c.publish('a', bytes(qos), qos);
      c[Symbol.dispose]();`);
      expect(ran).toMatchObject({ effect: true, handles: 0 });
      expect(ran.error).toBeUndefined();
      expect(await listener.until(3)).toEqual(['a: at-most-once', 'a: at-least-once', 'a: exactly-once']);
    });
  },
);
