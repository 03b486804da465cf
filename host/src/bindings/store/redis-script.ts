import { createHash } from 'node:crypto';
import { INBOX_AGE, INBOX_COUNT } from '../outbox/bounds.ts';
import { streamOf } from '../outbox/stream.ts';
import { redisNames } from '../outbox/redis-names.ts';
import type { Beside, KeySet, Read, Write } from './store.ts';

/** Keys of ours in a Redis database that holds stores: no store has them. */
export const RESERVED = 'tenon:';

/**
 * A commit, as one script: a server runs nothing else meanwhile, so that what was checked still holds when it is
 * written. WATCH, MULTI and EXEC would do for single keys, but nothing can be watched for keys that are not there.
 *
 * KEYS are the keys of reads and writes in order, ARGV all else: the names of the app's outbox and inbox, the id,
 * the reads, `check` or `write`, then the writes and messages.
 */
export const COMMIT = `
local k, a = 0, 0
local function key() k = k + 1; return KEYS[k] end
local function arg() a = a + 1; return ARGV[a] end
local prefix, inbox, once = arg(), arg(), arg()

local function digest()
  local count, sums = 0, {0, 0, 0, 0, 0}
  for _, name in ipairs(redis.call('KEYS', '*')) do
    if string.sub(name, 1, ${RESERVED.length}) ~= '${RESERVED}' then
      local hash = redis.sha1hex(name)
      count = count + 1
      for word = 1, 5 do sums[word] = sums[word] + tonumber(string.sub(hash, word * 8 - 7, word * 8), 16) end
    end
  end
  return string.format('%d:%.0f:%.0f:%.0f:%.0f:%.0f', count, sums[1], sums[2], sums[3], sums[4], sums[5])
end

if once ~= '' and redis.call('ZSCORE', inbox, once) then return 'repeated' end
for _ = 1, tonumber(arg()) do
  local kind = arg()
  local holds
  if kind == 'keys' then holds = digest() == arg()
  elseif kind == 'present' then holds = redis.call('EXISTS', key()) == 1
  elseif kind == 'absent' then holds = redis.call('EXISTS', key()) == 0
  else holds = redis.call('GET', key()) == arg() end
  if not holds then return 'conflict' end
end
if arg() == 'check' then return 'committed' end

for _ = 1, tonumber(arg()) do
  if arg() == 'set' then redis.call('SET', key(), arg()) else redis.call('DEL', key()) end
end
local now = arg()
if once ~= '' then
  redis.call('ZADD', inbox, now, once)
  redis.call('ZREMRANGEBYSCORE', inbox, '-inf', now - ${INBOX_AGE})
  redis.call('ZREMRANGEBYRANK', inbox, 0, -${INBOX_COUNT + 1})
end
for _ = 1, tonumber(arg()) do
  local stream, qos, payload = arg(), arg(), arg()
  local id = string.format('%.0f', redis.call('INCR', prefix .. 'outbox:ids'))
  redis.call('XADD', prefix .. 'outbox/' .. stream, id .. '-0', 'qos', qos, 'payload', payload, 'at', now)
  redis.call('SADD', prefix .. 'outbox', stream)
  redis.call('INCRBY', prefix .. 'outbox:bytes', #payload)
end
return 'committed'
`;

export type ScriptWords = readonly (string | Uint8Array)[];

/** The keys and arguments of COMMIT; without `writes` it only checks. */
export function commitWords(
  app: string,
  reads: readonly Read[],
  beside: Beside | undefined,
  writes?: readonly Write[],
): { readonly keys: ScriptWords; readonly args: ScriptWords } {
  const { prefix, inbox } = redisNames(app);
  const keys: string[] = [];
  const args: (string | Uint8Array)[] = [prefix, inbox, beside?.once ?? '', String(reads.length)];
  for (const read of reads) {
    if (read.kind === 'keys') {
      args.push('keys', read.seen.version);
      continue;
    }
    keys.push(read.key);
    if (read.kind === 'presence') args.push(read.present ? 'present' : 'absent');
    else if (read.value === undefined) args.push('absent');
    else args.push('value', read.value);
  }
  if (!writes) return { keys, args: [...args, 'check'] };
  args.push('write', String(writes.length));
  for (const { key, value } of writes) {
    keys.push(key);
    if (value === undefined) args.push('delete');
    else args.push('set', value);
  }
  const messages = beside?.messages ?? [];
  args.push(String(Date.now()), String(messages.length));
  for (const message of messages) args.push(streamOf(message), String(message.qos), message.payload);
  return { keys, args };
}

/** A set of keys by its digest, which knows no order and is the same as the script's. */
export function keySetOf(names: readonly Uint8Array[]): KeySet {
  const keys: string[] = [];
  const sums = [0, 0, 0, 0, 0];
  for (const name of names) {
    const text = Buffer.from(name.buffer, name.byteOffset, name.byteLength).toString('utf8');
    if (text.startsWith(RESERVED)) continue;
    keys.push(text);
    const hash = createHash('sha1').update(name).digest();
    for (let word = 0; word < sums.length; word++)
      sums[word] = (sums[word] ?? 0) + hash.readUInt32BE(word * 4);
  }
  return { keys: keys.sort(), version: [keys.length, ...sums].join(':') };
}
