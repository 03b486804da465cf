import { compareNames, matchName } from '../component/names.ts';
import type { ComponentType, ExternType } from '../component/types.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { listed } from './edges.ts';
import type { LinkEdge } from './graph.ts';

/** A component by its name, with what it imports and exports. */
export interface NamedComponent {
  readonly name: string;
  readonly signature: ComponentType;
}

export interface OpenImport {
  readonly importer: string;
  readonly import: string;
  readonly extern: ExternType;
}

/** Who provides what, as far as names tell. */
export interface Wiring {
  readonly edges: readonly LinkEdge[];
  /** What nobody provides to those that are reached. */
  readonly open: readonly OpenImport[];
  /** The components that the roots reach, themselves first. */
  readonly reached: ReadonlySet<string>;
  /** Those that could provide something, were it not that others could too. */
  readonly undecided: ReadonlySet<string>;
  readonly problems: readonly Diagnostic[];
}

/** Who could provide an import. */
export interface Candidate {
  readonly name: string;
  readonly export: string;
}

/** What is decided before names are looked at. */
export interface Given {
  /** By importer and import. */
  readonly edges?: ReadonlyMap<string, ReadonlyMap<string, Candidate>>;
  /** Imports that are to stay open, whoever exports them. */
  readonly open?: (importName: string) => boolean;
}

/**
 * Finds the provider of every import, from the roots on: who is given, else the other component that exports it
 * under the same name, else under one on its semver track. Diagnostics: `link/ambiguous-provider`.
 */
export function wire(
  roots: readonly NamedComponent[],
  components: readonly NamedComponent[],
  given: Given = {},
): Wiring {
  // By name, so that nothing depends on how the components are listed.
  const sorted = components.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const byName = new Map(sorted.map((component) => [component.name, component]));
  const edges: LinkEdge[] = [];
  const open: OpenImport[] = [];
  const problems: Diagnostic[] = [];
  const reached = new Set(roots.map(({ name }) => name));
  const undecided = new Set<string>();

  // A set's iteration takes in what is added on the way.
  for (const name of reached) {
    const importer = byName.get(name);
    if (!importer) continue;
    const bind = (imported: string, candidate: Candidate): void => {
      edges.push({ importer: name, import: imported, provider: candidate.name, export: candidate.export });
      reached.add(candidate.name);
    };
    const fixed = given.edges?.get(name);
    const own = [...importer.signature.imports].filter(([imported, extern]) => {
      const candidate = fixed?.get(imported);
      if (candidate) bind(imported, candidate);
      else if (given.open?.(imported)) open.push({ importer: name, import: imported, extern });
      else return true;
      return false;
    });
    for (const [imported, extern] of own) {
      // A world's own name for a type that it uses comes from where the type does.
      if (extern.kind === 'type' || isTypesOnly(extern)) continue;
      const candidates = candidatesFor(imported, importer, sorted);
      const [only, second] = candidates;
      if (second) {
        problems.push(ambiguous(name, imported, candidates));
        for (const candidate of candidates) undecided.add(candidate.name);
      } else if (only) {
        bind(imported, only);
      } else {
        open.push({ importer: name, import: imported, extern });
      }
    }
    // Types alone ask for no provider: they are equal wherever they come from. Whoever provides something else
    // anyway gives them too, so that no import is left for what everybody has.
    const providers = new Set(edges.filter((edge) => edge.importer === name).map((edge) => edge.provider));
    for (const [imported, extern] of own) {
      if (!isTypesOnly(extern)) continue;
      const candidate = candidatesFor(imported, importer, sorted).find((one) => providers.has(one.name));
      if (candidate) bind(imported, candidate);
      else open.push({ importer: name, import: imported, extern });
    }
  }
  return { edges, open, reached, undecided, problems };
}

/** An interface of value types only: neither functions nor resources, of which it would matter whose they are. */
function isTypesOnly(extern: ExternType): boolean {
  if (extern.kind !== 'instance') return false;
  return [...extern.type.exports.values()].every(
    (inner) => inner.kind === 'type' && inner.type.kind !== 'resource',
  );
}

/** The components with an export of that name; where there is none, with one on its track. */
function candidatesFor(
  imported: string,
  importer: NamedComponent,
  components: readonly NamedComponent[],
): readonly Candidate[] {
  const found = components.flatMap((component): Candidate[] => {
    if (component === importer) return [];
    const names = [...component.signature.exports].flatMap(([name, { kind }]) =>
      kind === 'type' ? [] : [name],
    );
    const name = matchName(imported, names).toSorted(compareNames).at(-1);
    return name === undefined ? [] : [{ name: component.name, export: name }];
  });
  const exact = found.filter((candidate) => candidate.export === imported);
  return exact.length > 0 ? exact : found;
}

function ambiguous(importer: string, imported: string, candidates: readonly Candidate[]): Diagnostic {
  return diagnose(
    'link/ambiguous-provider',
    `${importer} imports ${imported}, which ${candidates.length} components export`,
    {
      where: `import ${imported} of ${importer}`,
      expected: 'one provider',
      found: listed(
        candidates.map((one) => (one.export === imported ? one.name : `${one.name} (${one.export})`)),
      ),
    },
  );
}
