import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { pathText } from './describe.ts';
import { isTable, locate, valueAt, type Table, type Variant } from './document.ts';
import { KEY_NAMES } from './schema.ts';
import type { KeyPath } from './spans.ts';
import { isTopic, isTopicFilter, matchesTopic } from './topics.ts';

/**
 * What the schema does not say: rules over several keys of a table, and the names that the user chooses. They
 * look at the raw data, so that they report beside the schema's problems, and leave to the schema whatever is
 * of the wrong type.
 */
export function checkRules(variant: Variant): readonly Diagnostic[] {
  const tables = (path: KeyPath): [KeyPath, Table][] =>
    entries(variant.data, path).flatMap(([name, value]) =>
      isTable(value) ? [[[...path, name], value]] : [],
    );
  return [
    ...checkAllNames(variant),
    ...tables(['service']).flatMap(([path, service]) => checkService(variant, path, service)),
    ...tables(['variables']).flatMap(([path, variable]) => checkVariable(variant, path, variable)),
    ...tables(['store']).flatMap(([path, store]) => checkStore(variant, path, store)),
    ...tables(['edge'])
      .flatMap(([path]) => tables(path))
      .flatMap(([path, edge]) => checkEdge(variant, path, edge)),
    ...triggersOf(variant, 'mqtt').flatMap(([path, trigger]) => checkMqttTrigger(variant, path, trigger)),
    ...triggersOf(variant, 'redis').flatMap(([path, trigger]) => checkRedisTrigger(variant, path, trigger)),
  ];
}

/** Whether everything that the user names in a variant, or in a part of one, is named as it must be. */
export function checkAllNames(variant: Variant): readonly Diagnostic[] {
  const below = (table: string): KeyPath[] => entries(variant.data, [table]).map(([name]) => [table, name]);
  return [
    ...checkNames(variant, ['service'], 'service'),
    ...below('service').flatMap((path) => checkNames(variant, [...path, 'environment'], 'environment')),
    ...checkNames(variant, ['edge'], 'service'),
    ...below('edge').flatMap((path) => checkNames(variant, path, 'service')),
    ...checkNames(variant, ['variables'], 'variables'),
    ...checkNames(variant, ['store'], 'store'),
  ];
}

/** Whether the names of a table's keys, chosen by the user, have the form that they must have. */
export function checkNames(
  variant: Variant,
  path: KeyPath,
  form: keyof typeof KEY_NAMES,
): readonly Diagnostic[] {
  const { pattern, expected } = KEY_NAMES[form];
  return entries(variant.data, path)
    .filter(([name]) => !pattern.test(name))
    .map(([name]) =>
      diagnose('manifest/bad-name', `\`${pathText([...path, name])}\` is not named as it must be`, {
        span: locate(variant, [...path, name], 'key'),
        expected,
        found: `\`${name}\``,
      }),
    );
}

function checkService(variant: Variant, path: KeyPath, service: Table): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  if ('path' in service && 'component' in service)
    problems.push(oneOf(variant, path, ['path', 'component'], true));
  if (!('path' in service) && !('component' in service))
    problems.push(oneOf(variant, path, ['path', 'component'], false));
  if (!('path' in service) && 'component' in service) {
    for (const key of ['entry', 'world', 'toolchain']) {
      if (!(key in service)) continue;
      problems.push(
        diagnose(
          'manifest/conflicting-keys',
          `\`${pathText([...path, key])}\` has no meaning for a prebuilt component`,
          {
            span: locate(variant, [...path, key], 'key'),
            expected: '`component` alone, or `path` with `entry`, `world` and `toolchain`',
            found: `\`component\` and \`${key}\``,
            next: `Remove \`${key}\`, or give the service's folder in \`path\` instead of \`component\`.`,
          },
        ),
      );
    }
  }
  return problems;
}

function checkVariable(variant: Variant, path: KeyPath, variable: Table): readonly Diagnostic[] {
  const required = variable['required'] === true;
  if ('default' in variable !== required) return [];
  return [
    diagnose('manifest/conflicting-keys', `\`${pathText(path)}\` must have a default or be required`, {
      span: locate(variant, required ? [...path, 'required'] : path, 'key'),
      expected: 'either `default` or `required = true`',
      found: required ? 'both' : 'neither',
      next: required ? 'Remove one of the two.' : 'Add `default = "…"`, or `required = true`.',
    }),
  ];
}

function checkStore(variant: Variant, path: KeyPath, store: Table): readonly Diagnostic[] {
  const redis = store['type'] === 'redis';
  const foreign = redis ? 'path' : 'url';
  const problems: Diagnostic[] = [];
  if (foreign in store) {
    problems.push(
      diagnose(
        'manifest/conflicting-keys',
        `\`${pathText([...path, foreign])}\` has no meaning for a ${redis ? 'Redis' : 'SQLite'} store`,
        {
          span: locate(variant, [...path, foreign], 'key'),
          expected: redis ? '`url`' : '`path`',
          found: `\`${foreign}\``,
          next: redis ? 'Remove `path`, or use `type = "sqlite"`.' : 'Remove `url`, or add `type = "redis"`.',
        },
      ),
    );
  }
  if (redis && !('url' in store)) {
    problems.push(
      diagnose('manifest/missing-key', `\`${pathText(path)}\` has no \`url\``, {
        span: locate(variant, path, 'key'),
        expected: '`url`, the address of the Redis server',
        found: 'no such key',
        next: 'Add `url = "redis://localhost:6379"`.',
      }),
    );
  }
  return problems;
}

function checkEdge(variant: Variant, path: KeyPath, edge: Table): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  for (const source of ['topic', 'channel']) {
    if (source in edge && edge['dead_letter'] === edge[source])
      problems.push(deadLetterReturns(variant, path, source));
  }
  const tee = edge['tee'];
  const teePath = [...path, 'tee'];
  if (!isTable(tee)) return problems;
  if ('mqtt' in tee === 'redis' in tee)
    return [...problems, oneOf(variant, teePath, ['mqtt', 'redis'], 'mqtt' in tee)];
  if ('redis' in tee && 'qos' in tee) {
    problems.push(
      diagnose('manifest/conflicting-keys', `\`${pathText(teePath)}\` has \`qos\`, which is for MQTT only`, {
        span: locate(variant, [...teePath, 'qos'], 'key'),
        expected: '`qos` beside `mqtt`',
        found: '`redis` and `qos`',
        next: 'Remove `qos`.',
      }),
    );
  }
  const scheme = 'mqtt' in tee ? 'mqtt' : 'redis';
  const address = tee['address'];
  if (typeof address === 'string' && /^(mqtt|redis)s?:/.exec(address)?.[1] === otherOf(scheme)) {
    problems.push(
      diagnose(
        'manifest/bad-value',
        `\`${pathText([...teePath, 'address'])}\` is not one of ${scheme === 'mqtt' ? 'an MQTT broker' : 'a Redis server'}`,
        {
          span: locate(variant, [...teePath, 'address']),
          expected: `an address that starts with \`${scheme}://\` or \`${scheme}s://\``,
          found: JSON.stringify(address),
        },
      ),
    );
  }
  return problems;
}

function otherOf(scheme: 'mqtt' | 'redis'): 'mqtt' | 'redis' {
  return scheme === 'mqtt' ? 'redis' : 'mqtt';
}

function triggersOf(variant: Variant, kind: string): [KeyPath, Table][] {
  const triggers = valueAt(variant.data, ['trigger', kind]);
  if (!Array.isArray(triggers)) return [];
  return triggers.flatMap((trigger: unknown, position): [KeyPath, Table][] =>
    isTable(trigger) ? [[['trigger', kind, position], trigger]] : [],
  );
}

function checkMqttTrigger(variant: Variant, path: KeyPath, trigger: Table): readonly Diagnostic[] {
  const { topic, dead_letter: deadLetter } = trigger;
  if (typeof topic !== 'string' || !isTopicFilter(topic)) return [];
  if (deadLetter === undefined && !isTopic(topic)) {
    return [
      diagnose('manifest/missing-key', `\`${pathText(path)}\` has no \`dead_letter\``, {
        span: locate(variant, [...path, 'topic']),
        expected: '`dead_letter`, which a filter with wildcards has no default for',
        found: JSON.stringify(topic),
        next: 'Add for example `dead_letter = "dead/orders"`, a topic that the filter does not match.',
      }),
    ];
  }
  if (typeof deadLetter !== 'string') return [];
  if (!isTopic(deadLetter)) {
    return [
      diagnose('manifest/bad-topic', 'nothing can be published to this dead letter', {
        span: locate(variant, [...path, 'dead_letter']),
        expected: 'an MQTT topic without `+`, `#` and a `$` at the start',
        found: JSON.stringify(deadLetter),
      }),
    ];
  }
  return matchesTopic(topic, deadLetter) ? [deadLetterReturns(variant, path, 'topic')] : [];
}

function checkRedisTrigger(variant: Variant, path: KeyPath, trigger: Table): readonly Diagnostic[] {
  const { channel, dead_letter: deadLetter } = trigger;
  return typeof channel === 'string' && channel === deadLetter
    ? [deadLetterReturns(variant, path, 'channel')]
    : [];
}

/** A dead letter that would be handled again, and fail again. */
function deadLetterReturns(variant: Variant, path: KeyPath, source: string): Diagnostic {
  const text = (key: string): string => JSON.stringify(valueAt(variant.data, [...path, key]));
  return diagnose(
    'manifest/conflicting-keys',
    `the dead letter of \`${pathText(path)}\` would come back: its \`${source}\` takes it in`,
    {
      span: locate(variant, [...path, 'dead_letter']),
      expected: `a dead letter beside the \`${source}\``,
      found: `\`${source}\` ${text(source)} and \`dead_letter\` ${text('dead_letter')}`,
      next: `Write a \`dead_letter\` that the \`${source}\` does not take in.`,
    },
  );
}

function oneOf(variant: Variant, path: KeyPath, keys: readonly [string, string], both: boolean): Diagnostic {
  const [first, second] = keys;
  return diagnose(
    'manifest/conflicting-keys',
    `\`${pathText(path)}\` must have one of \`${first}\` and \`${second}\``,
    {
      span: locate(variant, both ? [...path, second] : path, 'key'),
      expected: `either \`${first}\` or \`${second}\``,
      found: both ? 'both' : 'neither',
      next: both ? 'Remove one of the two.' : `Add \`${first}\` or \`${second}\`.`,
    },
  );
}

function entries(data: unknown, path: KeyPath): [string, unknown][] {
  const table = valueAt(data, path);
  return isTable(table) ? Object.entries(table) : [];
}
