import { parseInterfaceId } from '../component/names.ts';
import { mismatches } from '../component/subtype.ts';
import type { ExternType } from '../component/types.ts';
import { editDistance } from '../diagnostics/nearest.ts';
import type { NamedComponent, OpenImport } from './wire.ts';

export interface NamedExport {
  readonly component: string;
  readonly name: string;
  readonly extern: ExternType;
}

/** An export that could have been meant by an import, and why it is not taken for it. */
export interface NearMiss {
  readonly import: OpenImport;
  readonly export: NamedExport;
  /** Another version that is not compatible; a name that is nearly the same; the same functions under another name. */
  readonly kind: 'version' | 'name' | 'shape';
}

/** The exports of these components that an import could mean: all but types. */
export function exportsOf(components: readonly NamedComponent[]): NamedExport[] {
  return components.flatMap((component) =>
    [...component.signature.exports].flatMap(([name, extern]) =>
      extern.kind === 'type' ? [] : [{ component: component.name, name, extern }],
    ),
  );
}

/** The export that comes nearest to any of the imports; the same name in another version first. */
export function nearMiss(
  imports: readonly OpenImport[],
  exports: readonly NamedExport[],
): NearMiss | undefined {
  for (const kind of ['version', 'name', 'shape'] as const) {
    for (const wanted of imports) {
      const found = exports.find((one) => one.component !== wanted.importer && NEAR[kind](wanted, one));
      if (found) return { import: wanted, export: found, kind };
    }
  }
  return undefined;
}

const NEAR: Readonly<Record<NearMiss['kind'], (wanted: OpenImport, given: NamedExport) => boolean>> = {
  version: (wanted, given) => {
    const [id, other] = [parseInterfaceId(wanted.import), parseInterfaceId(given.name)];
    return id !== undefined && id.path === other?.path && wanted.import !== given.name;
  },
  name: (wanted, given) => {
    if (wanted.import === given.name || wanted.extern.kind !== given.extern.kind) return false;
    const [id, other] = [parseInterfaceId(wanted.import), parseInterfaceId(given.name)];
    if (!id || !other) return !id && !other && isSlip(wanted.import, given.name);
    const parts = [
      [id.namespace, other.namespace],
      [id.package, other.package],
      [id.interface, other.interface],
    ] as const;
    // Slips in every part at once are another name.
    const slips = parts.filter(([a, b]) => a !== b);
    return slips.length === 1 && slips.every(([a, b]) => isSlip(a, b));
  },
  shape: (wanted, given) =>
    wanted.import !== given.name &&
    wanted.extern.kind === 'instance' &&
    [...wanted.extern.type.exports.values()].some(({ kind }) => kind === 'func') &&
    mismatches(given.extern, wanted.extern, '', { most: 1 }).length === 0,
};

/** Two edits at most, and most of the word the same. */
function isSlip(a: string, b: string): boolean {
  return editDistance(a, b) <= Math.min(2, Math.floor(Math.max(a.length, b.length) / 3));
}

/** What to do about it, in a sentence or two. */
export function adviceFor({ import: wanted, export: given, kind }: NearMiss): string {
  const [importer, provider] = [wanted.importer, given.component];
  switch (kind) {
    case 'version': {
      const version = parseInterfaceId(given.name)?.version;
      const both = version !== undefined && parseInterfaceId(wanted.import)?.version !== undefined;
      const rule = both
        ? 'versions stand for one another only on one track: 1.x, or 0.1.x'
        : 'one has no version';
      return `Did you mean ${given.name}? ${importer} imports ${wanted.import}, ${provider} exports ${given.name}, and ${rule}. Build both from one version of the contract.`;
    }
    case 'name':
      return `Did you mean ${given.name}? ${importer} imports ${wanted.import}, ${provider} exports ${given.name}. Correct one of the names.`;
    case 'shape':
      return `${provider} exports the same functions as ${given.name}, ${importer} imports them as ${wanted.import}. Let both use one name.`;
  }
}
