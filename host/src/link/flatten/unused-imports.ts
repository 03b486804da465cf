import { readExpression } from '../../binary/instructions.ts';
import { Reader } from '../../binary/reader.ts';
import { elementSegments, exportsOf, functionBodies, ID, importsOf, sectionsOf } from './core.ts';
import { NotThisShape } from './not-this-shape.ts';
import { eachReference, renumbered } from './renumber.ts';

/**
 * The module without the functions that it imports and never names: an engine resolves each import anew for every
 * instance, and a service's bindings import every function of the runtime, few of which its world needs. Functions
 * move down to the places that become free. Throws NotThisShape, Malformed.
 */
export function withoutUnusedImports(module: Uint8Array): Uint8Array {
  const imported = importsOf(module).filter(({ kind }) => kind === 'func').length;
  const used = usedFunctions(module);
  const places: number[] = [];
  let free = 0;
  for (let at = 0; at < imported; at++) places.push(used.has(at) ? free++ : -1);
  if (free === imported) return module;
  return renumbered(module, {
    placeOf: (index) => (index < imported ? (places[index] ?? -1) : index - imported + free),
  });
}

/** What exports, elements and code name. */
function usedFunctions(module: Uint8Array): Set<number> {
  const used = new Set<number>();
  for (const { kind, index } of exportsOf(module)) if (kind === 'func') used.add(index);
  for (const { functions } of elementSegments(module, new Map()))
    for (const index of functions) used.add(index);
  for (const body of functionBodies(module)) eachReference(body, (one) => used.add(one.function));
  for (const { id, start, end } of sectionsOf(module)) {
    if (id === ID.start) throw new NotThisShape('its core modules have start functions');
    if (id !== ID.global) continue;
    new Reader(module, start, end).vector((reader) => {
      reader.bytes(2);
      readExpression(reader, new Set(), {
        func() {
          throw new NotThisShape('it has globals that hold functions');
        },
      });
    });
  }
  return used;
}
