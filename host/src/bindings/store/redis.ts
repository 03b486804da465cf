import { createHash } from 'node:crypto';
import type { RedisAnswer, RedisResult } from '../redis/message.ts';
import { redisNames } from '../outbox/redis-names.ts';
import { COMMIT, commitWords, keySetOf, RESERVED, type ScriptWords } from './redis-script.ts';
import type { Beside, Read, Store, StoreOutcome, Write } from './store.ts';

/** One command at a server, waited for. */
export type AskRedis = (args: ScriptWords) => RedisAnswer;

const COMMIT_SHA = createHash('sha1').update(COMMIT).digest('hex');

/**
 * Stores in a Redis database, with Spin's keys: each key of a store is a key of the database, whatever the label.
 * Keys that start with `tenon:` are ours, and no store's.
 *
 * Source: Spin, crates/key-value-redis/src/store.rs.
 */
export function createRedisStore(ask: AskRedis, app: string): Store {
  const { inbox } = redisNames(app);

  function results(args: ScriptWords): readonly RedisResult[] {
    return resultsOf(ask(args));
  }

  function runCommit(words: { readonly keys: ScriptWords; readonly args: ScriptWords }): StoreOutcome {
    const rest = [String(words.keys.length), ...words.keys, ...words.args];
    let answer = ask(['EVALSHA', COMMIT_SHA, ...rest]);
    // A server forgets its scripts when it starts.
    if (answer.kind === 'refused' && answer.message.startsWith('NOSCRIPT'))
      answer = ask(['EVAL', COMMIT, ...rest]);
    const [outcome] = resultsOf(answer);
    return textOf(outcome) as StoreOutcome;
  }

  return {
    get(_, key) {
      const [value] = results(['GET', checked(key)]);
      return value?.tag === 'binary' ? value.val : undefined;
    },
    exists(_, key) {
      const [count] = results(['EXISTS', checked(key)]);
      return count?.tag === 'int64' && count.val === 1n;
    },
    keys: () => keySetOf(results(['KEYS', '*']).flatMap((one) => (one.tag === 'binary' ? [one.val] : []))),
    write({ key, value }) {
      results(value === undefined ? ['DEL', checked(key)] : ['SET', checked(key), value]);
    },
    commit(
      reads: readonly Read[],
      writes: readonly Write[],
      claim: () => boolean,
      beside?: Beside,
    ): StoreOutcome {
      for (const { key } of writes) checked(key);
      // Before the claim: an event that cannot commit need not be claimed, and may still be called late.
      if (reads.length > 0 || beside?.once !== undefined) {
        const checkedOutcome = runCommit(commitWords(app, reads, beside));
        if (checkedOutcome !== 'committed') return checkedOutcome;
      }
      if (!claim()) return 'late';
      if (writes.length === 0 && !beside) return 'committed';
      return runCommit(commitWords(app, reads, beside, writes));
    },
    hasCommitted: (once) => results(['ZSCORE', inbox, once])[0]?.tag === 'binary',
    [Symbol.dispose]() {},
  };
}

function checked(key: string): string {
  if (key.startsWith(RESERVED)) throw new Error(`keys of a Redis store must not start with ${RESERVED}`);
  return key;
}

function textOf(result: RedisResult | undefined): string {
  if (result?.tag === 'binary') return Buffer.from(result.val).toString('utf8');
  return result?.tag === 'status' ? result.val : '';
}

/** Throws what the server refuses in its words, and why it cannot be reached: then it may have done it or not. */
function resultsOf(answer: RedisAnswer): readonly RedisResult[] {
  if (answer.kind === 'unreachable') throw new Error(`Redis cannot be reached: ${answer.message}`);
  if (answer.kind === 'refused') throw new Error(answer.message);
  return answer.kind === 'results' ? answer.results : [];
}
