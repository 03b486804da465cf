import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProxy, startRedis, type BrokerProcess } from '../brokers.ts';
import { tool } from '../tools.ts';
import { rig, type GuestWorker, type Rig } from './workers.ts';

const state = tool('redis-server');

describe.skipIf(state.missing)(`fermyon:spin/redis over a real server${state.reason}`, () => {
  let server: BrokerProcess;
  let shared: Rig;
  let guest: GuestWorker;
  beforeAll(async () => {
    server = await startRedis();
    shared = rig();
    guest = shared.worker();
  });
  afterAll(async () => {
    await shared?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  /** What a guest gets of a connection `c`, or the error that it sees. */
  async function on(body: string, worker: GuestWorker = guest, address = server.address): Promise<unknown> {
    const ran = await worker.run(
      `const c = redis.Connection.open(${JSON.stringify(address)});
       try { ${body} } finally { c[Symbol.dispose]() }`,
    );
    expect(ran.handles).toBe(0);
    return ran.error === undefined ? ran.value : { error: ran.error };
  }

  test('values, numbers and sets', async () => {
    expect(
      await on(`
        c.set('v', bytes('\\u00ff\\u0000'));
        return [c.get('v'), c.get('none') ?? 'none', c.incr('n'), c.incr('n'), c.del(['v', 'n', 'none']),
          c.sadd('s', ['a', 'b', 'a']), c.smembers('s').toSorted(), c.srem('s', ['a', 'x']), c.smembers('none')]`),
    ).toEqual(['Ã¿\0', 'none', '1n', '2n', 2, 2, ['a', 'b'], 1, []]);
  });

  test('numbers keep all their digits', async () => {
    expect(
      await on(`c.set('big', bytes('9223372036854775806')); return [c.incr('big'),
        c.execute('INCRBY', [{ tag: 'binary', val: bytes('big') }, { tag: 'int64', val: -9223372036854775807n }])]`),
    ).toEqual(['9223372036854775807n', [{ tag: 'int64', val: '0n' }]]);
  });

  test('any command, with its answer flattened', async () => {
    const words = (...list: string[]): string =>
      `[${list.map((word) => `{ tag: 'binary', val: bytes(${JSON.stringify(word)}) }`).join(', ')}]`;
    const lua = `return {1, 'two', {ok='THREE'}, {4, {false}}}`;
    expect(
      await on(`return [c.execute('PING', []), c.execute('GET', ${words('none')}), c.execute('SET', ${words('a', '1')}),
        c.execute('get', ${words('a')}), c.execute('EVAL', ${words(lua, '0')}), c.execute('LRANGE', ${words('no', '0', '-1')}),
        c.execute('EVAL', ${words("return 'has spaces'", '0')})]`),
    ).toEqual([
      [{ tag: 'status', val: 'PONG' }],
      [{ tag: 'nil' }],
      [{ tag: 'status', val: 'OK' }],
      [{ tag: 'binary', val: '1' }],
      [
        { tag: 'int64', val: '1n' },
        { tag: 'binary', val: 'two' },
        { tag: 'status', val: 'THREE' },
        { tag: 'int64', val: '4n' },
        { tag: 'nil' },
      ],
      [],
      [{ tag: 'binary', val: 'has spaces' }],
    ]);
  });

  test.each([
    [
      `return c.execute('NO', [])`,
      "An error was signalled by the server - ResponseError: unknown command 'NO', with args beginning with: ",
    ],
    [
      `c.sadd('set', ['a']); return c.get('set')`,
      'WRONGTYPE: Operation against a key holding the wrong kind of value',
    ],
    [
      `c.set('text', bytes('a')); return c.incr('text')`,
      'An error was signalled by the server - ResponseError: value is not an integer or out of range',
    ],
    [
      `return c.execute('SUBSCRIBE', [{ tag: 'binary', val: bytes('c') }])`,
      'SUBSCRIBE is not possible here: messages come through triggers',
    ],
  ])('%s is an error in the words of Spin', async (body, message) => {
    expect(await on(body)).toEqual({ error: { tag: 'other', val: message } });
  });

  test.each([
    ['redis://10.0.0.1:6379', 'invalid-address'],
    ['http://127.0.0.1:6379', 'invalid-address'],
    ['redis://127.0.0.1:1/notanumber', 'invalid-address'],
    ['no address', 'invalid-address'],
  ])('%s cannot be opened: %s', async (address, tag) => {
    expect(await on('', guest, address)).toEqual({ error: { tag } });
  });

  test('a server that is not there is an error of its own, and the event is unavailable', async () => {
    const ran = await guest.run(`redis.Connection.open('redis://127.0.0.1:1')`);
    expect(ran.error).toMatchObject({ tag: 'other', val: expect.stringContaining('ECONNREFUSED') as string });
    expect(ran.unavailable).toContain('redis://127.0.0.1:1 cannot be reached');
    expect(ran.effect).toBe(false);
  });

  test('the 1025th connection is one too many', async () => {
    const ran = await guest.run(`
      const all = [];
      try { for (;;) all.push(redis.Connection.open('${server.address}')); }
      catch (error) { return [all.length, error.payload]; }
      finally { for (const one of all) one[Symbol.dispose](); }`);
    expect(ran).toMatchObject({ value: [1024, { tag: 'too-many-connections' }], handles: 0 });
  });

  test('what changes a connection changes that of one guest only', async () => {
    const other = shared.worker();
    expect(
      await on(`
        const run = (...words) => c.execute(words[0], words.slice(1).map((word) => ({ tag: 'binary', val: bytes(word) })));
        run('SELECT', '5'); run('SET', 'in5', 'x'); run('MULTI'); run('SET', 'in5', 'y');
        return [run('GET', 'in5'), run('EXEC')]`),
    ).toEqual([
      [{ tag: 'status', val: 'QUEUED' }],
      [
        { tag: 'status', val: 'OK' },
        { tag: 'binary', val: 'y' },
      ],
    ]);
    expect(await on(`return c.get('in5') ?? 'not here'`, other)).toBe('not here');
    expect(await on(`c.execute('MULTI', []); return 1`)).toBe(1);
    expect(await on(`return c.execute('EXEC', [])`)).toMatchObject({
      error: { val: expect.stringContaining('EXEC without MULTI') as string },
    });
  });

  test('blocking commands of many workers wait beside each other, over one connection for the rest', async () => {
    await using many = rig();
    const waiting = Array.from({ length: 6 }, () => many.worker());
    const popped = waiting.map((worker, index) =>
      on(
        `return c.execute('BLPOP', [{ tag: 'binary', val: bytes('list${index}') }, { tag: 'binary', val: bytes('20') }])[1]`,
        worker,
      ),
    );
    const pusher = many.worker();
    for (const index of [5, 3, 1, 0, 2, 4]) {
      await on(
        `c.execute('RPUSH', [{ tag: 'binary', val: bytes('list${index}') }, { tag: 'binary', val: bytes('v${index}') }])`,
        pusher,
      );
      expect(await popped[index]).toEqual({ tag: 'binary', val: `v${index}` });
    }
    // The shared one, and those that are kept for the next who block.
    expect(many.brokers.open).toBeLessThanOrEqual(5);
  });

  test('many workers share one connection, and each gets its own answers', async () => {
    await using many = rig();
    const workers = Array.from({ length: 4 }, () => many.worker());
    const loop = (name: string): string => `
      for (let i = 0; i < 300; i++) {
        c.set('${name}', bytes('${name}' + i));
        const text = String.fromCharCode(...c.get('${name}'));
        if (text !== '${name}' + i) throw new Error(text);
      }
      return '${name}'`;
    const names = ['a', 'b', 'c', 'd'];
    const answers = await Promise.all(names.map((name, index) => on(loop(name), workers[index])));
    expect(answers).toEqual(names);
    expect(many.brokers.open).toBe(1);
  });

  test('megabytes go both ways', async () => {
    expect(
      await on(`
        const big = new Uint8Array(3_000_000).map((_, index) => index % 251);
        c.set('big', big);
        const back = c.get('big');
        return [back.length, back.every((byte, index) => byte === index % 251)]`),
    ).toEqual([3_000_000, true]);
  });

  test('a call ends with the deadline of its event, what it asked for with it, and the next is answered', async () => {
    await using slow = rig();
    const worker = slow.worker();
    const blpop = `redis.Connection.open('${server.address}').execute('BLPOP', [{ tag: 'binary', val: bytes('late') }, { tag: 'binary', val: bytes('0') }])`;
    await worker.run(`redis.Connection.open('${server.address}')`);
    const ran = await worker.run(blpop, 100);
    expect(ran.unavailable).toContain('no answer before the deadline');
    // Nobody takes from the list any more: what is pushed stays.
    expect(
      await on(
        `c.execute('RPUSH', [{ tag: 'binary', val: bytes('late') }, { tag: 'binary', val: bytes('x') }]); return c.execute('LLEN', [{ tag: 'binary', val: bytes('late') }])`,
        slow.worker(),
      ),
    ).toEqual([{ tag: 'int64', val: '1n' }]);
  });

  test('a worker that dies while it waits leaves nothing behind', async () => {
    await using dying = rig();
    await using proxy = await startProxy(server.address);
    const worker = dying.worker();
    void worker
      .run(
        `redis.Connection.open('${proxy.address}').execute('BLPOP', [{ tag: 'binary', val: bytes('never') }, { tag: 'binary', val: bytes('0') }])`,
      )
      .catch(() => {});
    while (!(await proxy.next('up')).includes('BLPOP'));
    expect(dying.server.pending).toBe(1);
    await worker.terminate();
    // A command after it on the same server: by then the dead worker's connection is gone.
    expect(await on(`return c.execute('PING', [])`, dying.worker())).toEqual([
      { tag: 'status', val: 'PONG' },
    ]);
    expect(dying.server.pending).toBe(0);
    expect(
      await on(
        `c.execute('RPUSH', [{ tag: 'binary', val: bytes('never') }, { tag: 'binary', val: bytes('x') }]); return c.execute('LLEN', [{ tag: 'binary', val: bytes('never') }])`,
      ),
    ).toEqual([{ tag: 'int64', val: '1n' }]);
  });

  test('a server that starts again is found again, and one that breaks off is one error', async () => {
    await using own = await startRedis({ persistent: true });
    await using proxy = await startProxy(own.address);
    await using used = rig();
    const worker = used.worker();
    const use = (body: string): Promise<unknown> => on(body, worker, proxy.address);
    await use(`c.set('kept', bytes('1'))`);
    proxy.halve('down');
    expect(await use(`return c.get('kept')`)).toMatchObject({ error: { tag: 'other' } });
    expect(await use(`return c.get('kept')`)).toBe('1');
    await own.kill();
    expect(await use(`return c.get('kept')`)).toMatchObject({ error: { tag: 'other' } });
    await own.start();
    expect(await use(`return c.get('kept')`)).toBe('1');
  });

  test.each([['HTTP/1.1 400 Bad Request'], ['*99999999999'], ['\u00ff\u00ff']])(
    'a server that answers %j is none of Redis',
    async (answer) => {
      const stranger = createServer((socket) => {
        socket.on('error', () => {}).on('data', () => socket.write(`${answer}\r\n`, 'latin1'));
      }).listen(0, '127.0.0.1');
      await once(stranger, 'listening');
      const address = `redis://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
      const ran = await guest.run(
        `const c = redis.Connection.open('${address}'); try { c.get('a') } finally { c[Symbol.dispose]() }`,
      );
      expect(ran).toMatchObject({ error: { tag: 'other' } });
      expect(ran.unavailable).toContain(`${address} cannot be reached`);
      stranger.close();
    },
  );

  test('a message with a route leaves after the commit, and needs no server before', async () => {
    const address = 'redis://127.0.0.1:1';
    await using routed = rig({ sends: [{ kind: 'redis', address, topic: 'later', delivery: 'memory' }] });
    const worker = routed.worker();
    const ran = await worker.run(`redis.Connection.open('${address}').publish('later', bytes('x'))`);
    expect(ran).toMatchObject({ effect: false, handles: 1 });
    expect(ran.error).toBeUndefined();
    const now = await worker.run(`redis.Connection.open('${address}').publish('now', bytes('x'))`);
    expect(now).toMatchObject({ error: { tag: 'other' }, effect: true });
  });

  test('a password is asked for', async () => {
    await using locked = await startRedis({ password: 'secret' });
    expect(await on(`c.set('a', bytes('1'))`, guest, locked.address)).toMatchObject({
      error: { tag: 'other', val: expect.stringContaining('NOAUTH') as string },
    });
    const wrong = locked.address.replace('//', '//:wrong@');
    expect(await on('', guest, wrong)).toMatchObject({
      error: { tag: 'other', val: expect.stringContaining('WRONGPASS') as string },
    });
    expect(await on(`return c.get('a') ?? 'none'`, guest, locked.address.replace('//', '//:secret@'))).toBe(
      'none',
    );
  });
});
