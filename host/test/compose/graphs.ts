import * as fc from 'fast-check';
import type { GeneratedService } from './services.ts';

export const DEPTH = 6;

/** Of the services with an even number and of those with an odd one: never two on one track under one name. */
const VERSIONS: readonly (readonly { readonly version: string; readonly asked?: string }[])[] = [
  [
    { version: '0.0.3' },
    { version: '0.1.0' },
    { version: '1.0.0' },
    { version: '1.2.3', asked: '1.0.1' },
    { version: '2.0.0-rc.1' },
  ],
  [
    { version: '0.0.9' },
    { version: '0.2.1', asked: '0.2.0' },
    { version: '3.0.0' },
    { version: '4.1.4', asked: '4.0.0' },
  ],
];

/** Levels of services; each imports some of the levels below, and everyone but the first is imported. */
export const graphs: fc.Arbitrary<GeneratedService[]> = fc
  .array(
    fc.record({
      level: fc.integer({ min: 1, max: DEPTH - 1 }),
      version: fc.nat(),
      resource: fc.boolean(),
      wishes: fc.array(fc.nat({ max: 7 }), { maxLength: 3 }),
      importer: fc.nat(),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((drawn) => {
    const root = { level: 0, version: 2, resource: true, wishes: [0, 1, 2], importer: 0 };
    const sorted = [root, ...drawn.toSorted((a, b) => a.level - b.level)];
    const imports = sorted.map(
      ({ level, wishes }) => new Set(wishes.filter((one) => (sorted[one]?.level ?? 0) > level)),
    );
    for (const [at, { level, importer }] of sorted.entries()) {
      // Of the next level that there is, so that the levels come to be the depth.
      const next = Math.max(...sorted.flatMap((other) => (other.level < level ? [other.level] : [])));
      const above = sorted.flatMap((other, index) => (other.level === next ? [index] : []));
      if (above.length > 0) imports[above[importer % above.length]!]!.add(at);
    }
    return sorted.map(({ version, resource }, at) => {
      const versions = VERSIONS[at % 2]!;
      return {
        ...versions[version % versions.length]!,
        resource,
        imports: [...imports[at]!].sort((a, b) => a - b),
      };
    });
  });

export function depthOf(services: readonly GeneratedService[], at = 0): number {
  return 1 + Math.max(0, ...services[at]!.imports.map((one) => depthOf(services, one)));
}

/** Whether two services import the same one. */
export function hasDiamond(services: readonly GeneratedService[]): boolean {
  const imported = services.flatMap(({ imports }) => imports);
  return new Set(imported).size < imported.length;
}
