import { compareNames, matchName } from '../component/names.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { listed, missingExport, unknownInstance } from './edges.ts';
import type { Candidate, NamedComponent } from './wire.ts';

/** An edge given by hand, in place of what the names would find. */
export interface GivenEdge {
  readonly importer: string;
  readonly import: string;
  readonly provider: string;
  /** The export of that name, or the highest on its semver track, if absent. */
  readonly export?: string;
}

export interface GivenEdges {
  /** By importer and import. */
  readonly edges: ReadonlyMap<string, ReadonlyMap<string, Candidate>>;
  readonly problems: readonly Diagnostic[];
}

/**
 * Holds edges given by hand against the components. Diagnostics: `link/unknown-instance`, `link/unknown-import`,
 * `link/missing-export`, `link/duplicate-edge`.
 */
export function resolveGiven(given: readonly GivenEdge[], components: readonly NamedComponent[]): GivenEdges {
  const byName = new Map(components.map((component) => [component.name, component]));
  const names = new Set(byName.keys());
  const edges = new Map<string, Map<string, Candidate>>();
  const problems: Diagnostic[] = [];
  for (const edge of given) {
    const where = `edge ${edge.importer}.${edge.provider}`;
    const importer = byName.get(edge.importer);
    const provider = byName.get(edge.provider);
    if (!importer) problems.push(unknownInstance(edge.importer, where, names));
    if (!provider) problems.push(unknownInstance(edge.provider, where, names));
    if (!importer || !provider) continue;
    if (!importer.signature.imports.has(edge.import)) {
      problems.push(unknownImport(edge, where, [...importer.signature.imports.keys()]));
      continue;
    }
    const exported = edge.export ?? exportFor(edge.import, provider);
    if (exported === undefined || !provider.signature.exports.has(exported)) {
      problems.push(missingExport(provider.name, edge.export ?? edge.import, where, provider.signature));
      continue;
    }
    const bound = edges.get(importer.name) ?? new Map<string, Candidate>();
    edges.set(importer.name, bound);
    const before = bound.get(edge.import);
    if (before) problems.push(twice(edge, before));
    else bound.set(edge.import, { name: provider.name, export: exported });
  }
  return { edges, problems };
}

function exportFor(imported: string, { signature }: NamedComponent): string | undefined {
  if (signature.exports.has(imported)) return imported;
  return matchName(imported, [...signature.exports.keys()])
    .toSorted(compareNames)
    .at(-1);
}

function unknownImport(edge: GivenEdge, where: string, imports: readonly string[]): Diagnostic {
  const guess = nearest(edge.import, imports);
  return diagnose('link/unknown-import', `${edge.importer} does not import ${edge.import}`, {
    where,
    expected: `one of ${listed(imports)}`,
    found: edge.import,
    next: guess && `Did you mean ${guess}?`,
  });
}

function twice(edge: GivenEdge, before: Candidate): Diagnostic {
  return diagnose('link/duplicate-edge', `the import ${edge.import} of ${edge.importer} is bound 2 times`, {
    where: `import ${edge.import} of ${edge.importer}`,
    expected: 'one provider',
    found: listed([before.name, edge.provider]),
  });
}
