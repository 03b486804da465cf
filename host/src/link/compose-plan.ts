import { z } from 'zod';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { listWords, nearest } from '../diagnostics/nearest.ts';
import { failure, success, type Result } from '../diagnostics/result.ts';
import { describeValue } from '../manifest/describe.ts';
import { locate, readDocument, valueAt, variantOf, type Variant } from '../manifest/document.ts';
import type { GivenEdge } from './given.ts';
import type { LinkExport } from './graph.ts';

/** A composition as a plan file gives it. */
export interface ComposePlan {
  /** By instance; the root first. Files are as written: relative to the plan's folder. */
  readonly instances: readonly { readonly name: string; readonly component: string }[];
  readonly roots: readonly string[];
  readonly edges: readonly GivenEdge[];
  readonly imports?: readonly string[];
  readonly exports?: readonly LinkExport[];
}

const text = () => z.string().min(1);
const PlanSchema = z.strictObject({
  root: text().optional(),
  roots: z.array(text()).optional(),
  imports: z.array(text()).optional(),
  instance: z.record(z.string(), z.strictObject({ component: text() })),
  edge: z
    .record(
      z.string(),
      z.record(
        z.string(),
        z.union([text(), z.strictObject({ instance: text(), export: text().optional() })]),
      ),
    )
    .optional(),
  exports: z
    .record(z.string(), z.union([text(), z.strictObject({ instance: text(), export: text().optional() })]))
    .optional(),
});

/** What may stand at a path, for messages; `*` stands for a name of the user's. */
const EXPECTED: readonly (readonly [path: string, expected: string])[] = [
  ['root', 'the name of an instance'],
  ['roots', 'a list of names of instances'],
  ['imports', 'a list of names, each an import or a beginning with `*` behind: `["wasi:*"]`'],
  ['instance', 'tables `[instance.<name>]`'],
  ['instance.*', 'a table with `component = "file.wasm"`'],
  ['instance.*.component', 'the file of a component, relative to the plan'],
  ['edge', 'tables `[edge.<importer>]`'],
  ['edge.*', 'a table of imports: `"a:b/c@1.0.0" = "<instance>"`'],
  ['edge.*.*', 'the providing instance, or `{ instance = "<instance>", export = "a:b/c@1.0.0" }`'],
  ['exports', 'a table of exports: `"a:b/c@1.0.0" = "<instance>"`'],
  ['exports.*', 'the exporting instance, or `{ instance = "<instance>", export = "a:b/c@1.0.0" }`'],
];
const KEYS = Object.keys(PlanSchema.shape);

/**
 * Reads a plan of a composition: TOML, see docs/composing.md. Diagnostics: `manifest/syntax`, `link/plan`.
 */
export function parseComposePlan(source: string, file: string): Result<ComposePlan> {
  const read = readDocument(source, file);
  if (!read.ok) return read;
  const variant = variantOf(read.value);
  const parsed = PlanSchema.safeParse(variant.data);
  if (!parsed.success) return failure(...parsed.error.issues.flatMap((issue) => problemsOf(issue, variant)));
  const { root, roots = [], imports, instance, edge = {}, exports } = parsed.data;
  const names = Object.keys(instance);
  const first = root ?? names[0];
  const unknown = [
    ...(root === undefined ? [] : [{ path: ['root'], name: root }]),
    ...roots.map((name, at) => ({ path: ['roots', at], name })),
  ].filter(({ name }) => !names.includes(name));
  if (first === undefined || unknown.length > 0) {
    return failure(
      ...unknown.map(({ path, name }) => noInstance(path, name, names, variant)),
      ...none(names, variant),
    );
  }
  return success({
    instances: [first, ...names.filter((name) => name !== first)].map((name) => ({
      name,
      component: instance[name]!.component,
    })),
    roots,
    edges: Object.entries(edge).flatMap(([importer, bound]) =>
      Object.entries(bound).map(([imported, to]): GivenEdge => {
        const { instance: provider, export: exported } = typeof to === 'string' ? { instance: to } : to;
        return { importer, import: imported, provider, ...(exported !== undefined && { export: exported }) };
      }),
    ),
    ...(imports && { imports }),
    ...(exports && {
      exports: Object.entries(exports).map(([name, from]): LinkExport => {
        const { instance: owner, export: exported } = typeof from === 'string' ? { instance: from } : from;
        return { instance: owner, export: exported ?? name, as: name };
      }),
    }),
  });
}

function problemsOf(issue: z.core.$ZodIssue, variant: Variant): Diagnostic[] {
  const path = issue.path.filter((segment) => typeof segment !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    const known = path.length === 0 ? KEYS : path[0] === 'instance' ? ['component'] : ['instance', 'export'];
    return issue.keys.map((key) => {
      const guess = nearest(key, known);
      return diagnose('link/plan', `the plan has no key \`${[...path, key].join('.')}\``, {
        span: locate(variant, [...path, key], 'key'),
        expected: listWords(known),
        found: `\`${key}\``,
        next: guess && `Did you mean \`${guess}\`?`,
      });
    });
  }
  const value = valueAt(variant.data, path);
  const at = path.map((segment, depth) => (depth === 0 ? segment : '*')).join('.');
  const expected = (
    EXPECTED.find(([one]) => one === at) ?? EXPECTED.find(([one]) => one === path.join('.'))
  )?.[1];
  const lacks = value === undefined;
  return [
    diagnose(
      'link/plan',
      lacks ? `the plan has no \`${path.join('.')}\`` : `\`${path.join('.')}\` cannot be that`,
      {
        span: locate(variant, path),
        expected: expected ?? expectedUnder(path),
        found: lacks ? 'no such key' : describeValue(value),
      },
    ),
  ];
}

function expectedUnder(path: readonly (string | number)[]): string {
  if (path[0] === 'instance') return EXPECTED.find(([one]) => one === 'instance.*.component')![1];
  return 'a name';
}

function noInstance(
  path: readonly (string | number)[],
  name: string,
  names: readonly string[],
  variant: Variant,
): Diagnostic {
  const guess = nearest(name, names);
  return diagnose('link/plan', `the plan has no instance \`${name}\``, {
    span: locate(variant, path),
    expected: names.length === 0 ? 'an instance; the plan has none' : listWords(names),
    found: `\`${name}\``,
    next: guess && `Did you mean \`${guess}\`?`,
  });
}

function none(names: readonly string[], variant: Variant): Diagnostic[] {
  if (names.length > 0) return [];
  return [
    diagnose('link/plan', 'the plan has no instances', {
      span: locate(variant, ['instance'], 'key'),
      expected: 'at least one table `[instance.<name>]`',
      found: 'none',
    }),
  ];
}
