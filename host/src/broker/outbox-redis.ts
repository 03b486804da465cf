import { redisNames } from '../bindings/outbox/redis-names.ts';
import { parseStream } from '../bindings/outbox/stream.ts';
import type { RedisResult } from '../bindings/redis/message.ts';
import { isGone } from './outbox-holder.ts';
import type { ListedEntry, OutboxEntry, OutboxQueue } from './outbox-queue.ts';
import { createRedisLinks } from './redis-links.ts';

/** How long a server may take to answer, ms. */
const PATIENCE = 10_000;

/** KEYS: streams, bytes, failed. ARGV: prefix of the streams' keys, then ids. Removes entries wherever they are. */
const REMOVE = `
local count = 0
for _, stream in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local entries = ARGV[1] .. stream
  for index = 2, #ARGV do
    local id = ARGV[index] .. '-0'
    local found = redis.call('XRANGE', entries, id, id)[1]
    if found then
      redis.call('XDEL', entries, id)
      redis.call('DECRBY', KEYS[2], #found[2][4])
      redis.call('HDEL', KEYS[3], ARGV[index])
      count = count + 1
    end
  end
  if redis.call('XLEN', entries) == 0 then
    redis.call('DEL', entries)
    redis.call('SREM', KEYS[1], stream)
  end
end
return count
`;

/** KEYS: sender. ARGV: holder, the one that it may replace, ms. */
const HOLD = `
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] and held ~= ARGV[2] then return held end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
return ARGV[1]
`;

/** KEYS: sender. ARGV: holder. */
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return redis.status_reply('OK')`;

/** KEYS: failed. ARGV: id, error. Counts one more failure of an entry. */
const FAILED = `
local before = redis.call('HGET', KEYS[1], ARGV[1])
local attempts = before and cjson.decode(before).attempts or 0
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode({ attempts = attempts + 1, error = ARGV[2] }))
return redis.status_reply('OK')
`;

/** Of an entry as XRANGE gives it, flattened: its id, and three names with their values. */
const WORDS = 7;

/** Opens the outbox of an app in a Redis database; connects when something is asked of it. */
export function openRedisOutbox(url: string, app: string): OutboxQueue {
  const links = createRedisLinks();
  const names = redisNames(app);

  async function send(...args: readonly (string | Uint8Array)[]): Promise<readonly RedisResult[]> {
    const signal = AbortSignal.timeout(PATIENCE);
    const connection = await links.shared(url, signal);
    return connection.send(args);
  }

  function evaluate(script: string, keys: readonly string[], ...args: readonly string[]) {
    return send('EVAL', script, String(keys.length), ...keys, ...args);
  }

  async function streams(): Promise<readonly string[]> {
    return (await send('SMEMBERS', names.streams)).map(textOf).toSorted();
  }

  async function read(stream: string, after: number, limit: number): Promise<OutboxEntry[]> {
    const words = await send('XRANGE', names.entries(stream), `(${after}-0`, '+', 'COUNT', String(limit));
    const ids = words.flatMap((word, index) => (index % WORDS === 0 ? [numberOf(textOf(word))] : []));
    const failures = ids.length === 0 ? [] : await send('HMGET', names.failed, ...ids.map(String));
    return ids.map((id, index) => {
      const [qos, payload, at] = [2, 4, 6].map((offset) => words[index * WORDS + offset]);
      return {
        id,
        ...parseStream(stream),
        qos: Number(textOf(qos)) as 0 | 1 | 2,
        payload: payload?.tag === 'binary' ? payload.val : new Uint8Array(),
        at: Number(textOf(at)),
        attempts: 0,
        ...failureOf(failures[index]),
      };
    });
  }

  async function oldest(limit: number): Promise<OutboxEntry[]> {
    const all = await Promise.all((await streams()).map((stream) => read(stream, 0, limit)));
    return all
      .flat()
      .toSorted((a, b) => a.id - b.id)
      .slice(0, limit);
  }

  return {
    streams,
    next: (stream, after, limit) => read(stream, after, limit),
    async remove(ids) {
      const keys = [names.streams, names.bytes, names.failed];
      const [count] = await evaluate(REMOVE, keys, names.entries(''), ...ids.map(String));
      return Number(textOf(count));
    },
    async failed(id, error) {
      await evaluate(FAILED, [names.failed], String(id), error);
    },
    async list(limit) {
      return (await oldest(limit)).map(({ payload, ...entry }): ListedEntry => {
        return { ...entry, size: payload.length };
      });
    },
    async size() {
      const lengths = await Promise.all(
        (await streams()).map(async (stream) =>
          Number(textOf((await send('XLEN', names.entries(stream)))[0])),
        ),
      );
      const [bytes] = await send('GET', names.bytes);
      const [first] = await oldest(1);
      return {
        length: lengths.reduce((sum, length) => sum + length, 0),
        bytes: Number(textOf(bytes)),
        ...(first && { oldest: first.at }),
      };
    },
    async clear() {
      let count = 0;
      for (const stream of await streams()) {
        for (let entries = await read(stream, 0, BATCH); entries.length > 0;) {
          await this.remove(entries.map(({ id }) => id));
          count += entries.length;
          entries = await read(stream, 0, BATCH);
        }
      }
      return count;
    },
    async hold(holder, ms) {
      const [held] = await send('GET', names.sender);
      const other = textOf(held);
      const replaced = other !== '' && isGone(other) ? other : holder;
      const [got] = await evaluate(HOLD, [names.sender], holder, replaced, String(ms));
      return textOf(got) === holder;
    },
    async release(holder) {
      await evaluate(RELEASE, [names.sender], holder);
    },
    async isHeld() {
      const [held] = await send('GET', names.sender);
      return held?.tag === 'binary' && !isGone(textOf(held));
    },
    async nudge() {
      await send('INCR', names.nudges);
    },
    async nudges() {
      return Number(textOf((await send('GET', names.nudges))[0]));
    },
    async [Symbol.asyncDispose]() {
      links.close();
    },
  };
}

/** Entries that are removed at once. */
const BATCH = 500;

/** `17-0` → 17. */
function numberOf(id: string): number {
  return Number(id.slice(0, id.indexOf('-')));
}

function failureOf(result: RedisResult | undefined): { attempts: number; error: string } | undefined {
  return result?.tag === 'binary'
    ? (JSON.parse(textOf(result)) as { attempts: number; error: string })
    : undefined;
}

function textOf(result: RedisResult | undefined): string {
  switch (result?.tag) {
    case 'binary':
      return Buffer.from(result.val.buffer, result.val.byteOffset, result.val.byteLength).toString('utf8');
    case 'int64':
      return String(result.val);
    case 'status':
      return result.val;
    default:
      return '';
  }
}
