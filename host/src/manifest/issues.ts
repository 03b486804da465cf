import type { z } from 'zod';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { listWords, nearest } from '../diagnostics/nearest.ts';
import { describeValue, pathText } from './describe.ts';
import { locate, valueAt, type Variant } from './document.ts';
import { KINDS } from './kinds.ts';
import { ROOT_KEYS } from './schema.ts';
import { pathKey, type KeyPath } from './spans.ts';
import { keysAt, metaAt, schemaAt } from './walk.ts';

/**
 * What zod's issues of AppSchema say, as diagnostics with places in the manifest. A missing key that an unknown
 * one of its table probably meant is not reported beside that.
 */
export function issuesToDiagnostics(
  issues: readonly z.core.$ZodIssue[],
  variant: Variant,
): readonly Diagnostic[] {
  const meant = new Set(
    issues.flatMap((issue) => {
      if (issue.code !== 'unrecognized_keys') return [];
      const table = plain(issue.path);
      return issue.keys.map((name) => pathKey([...table, nearest(name, knownKeys(table)) ?? '']));
    }),
  );
  return issues.flatMap((issue) => {
    const path = plain(issue.path);
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((name) => unknownKey([...path, name], variant));
    const value = valueAt(variant.data, path);
    if (value === undefined) return meant.has(pathKey(path)) ? [] : [missingKey(path, variant)];
    return [badValue(path, value, issue.code === 'invalid_type', variant)];
  });
}

/** A zod path as it is for TOML, which has no symbols. */
function plain(path: readonly PropertyKey[]): KeyPath {
  return path.filter((segment) => typeof segment !== 'symbol');
}

function knownKeys(table: KeyPath): readonly string[] {
  return table.length === 0 ? ROOT_KEYS : (keysAt(table) ?? []);
}

function unknownKey(path: KeyPath, variant: Variant): Diagnostic {
  const name = String(path.at(-1));
  const table = path.slice(0, -1);
  // `profile` is a key of the manifest, but not of a profile.
  const known = knownKeys(table).filter((key) => key !== name);
  const guess = nearest(name, known);
  const elsewhere = guess === undefined ? tableWith(name) : undefined;
  let next: string | undefined;
  if (guess !== undefined) next = `Did you mean \`${guess}\`?`;
  else if (elsewhere !== undefined) next = `\`${name}\` belongs in \`${elsewhere}\`; move it there.`;
  return diagnose('manifest/unknown-key', `${inTable(table)} has no key \`${name}\``, {
    span: locate(variant, path, 'key'),
    expected: listWords(known),
    found: `\`${name}\``,
    next,
  });
}

/** The table that has a key of this name, as docs/manifest.md writes it, if it is only one. */
function tableWith(name: string): string | undefined {
  const tables: readonly KeyPath[] = [
    ['service', '<name>'],
    ['edge', '<importer>', '<provider>'],
    ['edge', '<importer>', '<provider>', 'tee'],
    ['limits'],
    ['store', '<label>'],
    ['variables', '<name>'],
  ];
  const having = tables.filter((path) => keysAt(path)?.includes(name));
  return having.length === 1 ? `[${having[0]?.join('.')}]` : undefined;
}

function missingKey(path: KeyPath, variant: Variant): Diagnostic {
  const name = String(path.at(-1));
  const table = path.slice(0, -1);
  const meta = metaAt(path);
  return diagnose('manifest/missing-key', `${inTable(table)} has no \`${name}\``, {
    span: locate(variant, table, 'key'),
    expected: meta && `\`${name}\`, ${meta.kind.expected}`,
    found: 'no such key',
    next:
      meta?.example &&
      `Add \`${name} = ${meta.example}\`${table.length === 0 ? ' above the first table' : ''}.`,
  });
}

function badValue(path: KeyPath, value: unknown, wrongType: boolean, variant: Variant): Diagnostic {
  const meta = metaAt(path);
  const kind = meta?.kind;
  const example =
    kind === KINDS.tables ? `[[${pathText(path)}]]` : meta?.example && exampleText(path, meta.example);
  const details = {
    span: locate(variant, path),
    expected: kind?.expected,
    found: describeValue(value),
    next: example && `Write for example \`${example}\`.`,
  };
  // A duration given as a number is a duration without a unit, not a wrong type.
  const unit = kind?.code === 'manifest/bad-duration' || kind?.code === 'manifest/bad-size';
  if (wrongType && !(unit && typeof value === 'number') && !isFraction(path, value)) {
    return diagnose('manifest/wrong-type', `\`${pathText(path)}\` has the wrong type`, details);
  }
  return diagnose(
    kind?.code ?? 'manifest/bad-value',
    `\`${pathText(path)}\` cannot be ${describeValue(value)}`,
    details,
  );
}

/** A number where a whole one is wanted: zod calls that a wrong type, a reader would not. */
function isFraction(path: KeyPath, value: unknown): boolean {
  return typeof value === 'number' && schemaAt(path)?._zod.def.type === 'number';
}

function exampleText(path: KeyPath, example: string): string {
  const name = path.at(-1);
  return typeof name === 'string' ? `${name} = ${example}` : example;
}

function inTable(path: KeyPath): string {
  return path.length === 0 ? 'the manifest' : `\`${pathText(path)}\``;
}
