import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { listWords, nearest } from '../diagnostics/nearest.ts';
import { failure, success, type Result } from '../diagnostics/result.ts';
import { describeValue } from './describe.ts';
import {
  isTable,
  locate,
  readDocument,
  valueAt,
  variantOf,
  type ManifestDocument,
  type Variant,
} from './document.ts';
import { issuesToDiagnostics } from './issues.ts';
import { applyPlaces, parsePlaces } from './place.ts';
import { checkAllNames, checkNames, checkRules } from './rules.ts';
import { AppSchema } from './schema.ts';
import { toManifest } from './shape.ts';
import type { Manifest } from './types.ts';

export interface ParseOptions {
  /** The profile to merge over the root tables. */
  readonly profile?: string | undefined;
  /** Overrides, each `importer.provider=placement`. */
  readonly place?: readonly string[] | undefined;
}

/**
 * Reads a manifest (docs/manifest.md): TOML, checked against the schema, with a profile merged over it and
 * placements overridden. All problems of the text are reported together, those of profiles that are not chosen
 * too; only a syntax error stands alone.
 */
export function parseManifest(text: string, file: string, options: ParseOptions = {}): Result<Manifest> {
  const read = readDocument(text, file);
  if (!read.ok) return read;
  const document = read.value;
  const variant = variantOf(document, options.profile);
  const { tables, problems } = checkVariant(variant);
  const places = parsePlaces(options.place ?? []);
  const placed = tables && places.ok ? applyPlaces(toManifest(tables), places.value) : undefined;
  const diagnostics = inOrder([
    ...checkProfiles(document, options.profile),
    ...problems,
    ...fragments(document, options.profile).flatMap(checkFragment),
    ...places.diagnostics,
    ...(placed?.diagnostics ?? []),
  ]);
  return placed?.ok && diagnostics.length === 0 ? success(placed.value) : failure(...diagnostics);
}

function checkVariant(variant: Variant) {
  const parsed = AppSchema.safeParse(variant.data);
  const problems = [...issuesToDiagnostics(parsed.error?.issues ?? [], variant), ...checkRules(variant)];
  return { tables: parsed.data, problems };
}

/**
 * The texts that the chosen variant does not show as they stand: the root tables where a profile covers them,
 * and every profile. What is wrong in them is wrong in any variant, except that keys may be missing.
 */
function fragments(document: ManifestDocument, profile: string | undefined): readonly Variant[] {
  const profiles = valueAt(document.data, ['profile']);
  const names = isTable(profiles) ? Object.keys(profiles) : [];
  const root = profile === undefined ? [] : [variantOf(document)];
  const others = names.flatMap((name) => {
    const data = valueAt(profiles, [name]);
    return isTable(data) ? [{ document, profile: name, data }] : [];
  });
  return [...root, ...others];
}

function checkFragment(fragment: Variant): readonly Diagnostic[] {
  const issues = AppSchema.safeParse(fragment.data).error?.issues ?? [];
  const relevant = issues.filter((issue) => {
    const missing = valueAt(fragment.data, issue.path as (string | number)[]) === undefined;
    // An array is replaced as a whole, so what its elements lack is lacking.
    return !missing || issue.path.some((segment) => typeof segment === 'number');
  });
  return [...issuesToDiagnostics(relevant, fragment), ...checkAllNames(fragment)];
}

function checkProfiles(document: ManifestDocument, chosen: string | undefined): readonly Diagnostic[] {
  const root: Variant = { document, data: document.data };
  const profiles = valueAt(document.data, ['profile']);
  const problems = [...checkNames(root, ['profile'], 'profile')];
  const names = isTable(profiles) ? Object.keys(profiles) : [];
  const tables = isTable(profiles) ? Object.entries(profiles) : [];
  for (const [path, value] of [
    ...(profiles === undefined ? [] : [[['profile'], profiles] as const]),
    ...tables.map(([name, value]) => [['profile', name], value] as const),
  ]) {
    if (isTable(value)) continue;
    problems.push(
      diagnose('manifest/wrong-type', `\`${path.join('.')}\` has the wrong type`, {
        span: locate(root, path),
        expected: 'a table',
        found: describeValue(value),
        next: 'Write `[profile.<name>]` and below it what differs.',
      }),
    );
  }
  if (chosen !== undefined && !names.includes(chosen)) {
    const guess = nearest(chosen, names);
    problems.push(
      diagnose('manifest/unknown-profile', `the manifest has no profile \`${chosen}\``, {
        span: { file: document.file, line: 1, column: 1 },
        expected: names.length === 0 ? 'no profile: the manifest has none' : listWords(names),
        found: `\`${chosen}\``,
        next: guess && `Did you mean \`--profile ${guess}\`?`,
      }),
    );
  }
  return problems;
}

/** By place, each problem once: a chosen profile's is found in the variant and in the profile. */
function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const unique = new Map<string, Diagnostic>();
  for (const diagnostic of diagnostics) {
    const { code, span, where } = diagnostic;
    const id = JSON.stringify([code, span?.line, span?.column, span?.length, where, diagnostic.found]);
    if (!unique.has(id)) unique.set(id, diagnostic);
  }
  const line = ({ span }: Diagnostic): number => span?.line ?? 0;
  const column = ({ span }: Diagnostic): number => span?.column ?? 0;
  return [...unique.values()].toSorted((a, b) => line(a) - line(b) || column(a) - column(b));
}
