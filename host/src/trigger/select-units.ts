import { problem } from '../diagnostics/error.ts';
import { listWords, nearest } from '../diagnostics/nearest.ts';
import type { Plan, PlannedUnit } from '../plan/types.ts';

/**
 * The units of an app that a process runs: all, or those whose name or service is among `only`.
 *
 * @throws TenonError `trigger/unknown-unit`
 */
export function selectUnits(
  { units }: Plan,
  only: readonly string[] | undefined,
): ReadonlyMap<string, PlannedUnit> {
  const wanted = only?.flatMap((text) => text.split(',')).map((name) => name.trim());
  const chosen = wanted ? wanted.flatMap((name) => unitsNamed(units, name)) : units;
  return new Map(units.filter((unit) => chosen.includes(unit)).map((unit) => [unit.name, unit]));
}

/** A unit by its own name, else all that have a service of the name. */
function unitsNamed(units: readonly PlannedUnit[], name: string): readonly PlannedUnit[] {
  const own = units.filter((unit) => unit.name === name);
  const found = own.length > 0 ? own : units.filter(({ services }) => services.includes(name));
  if (found.length > 0) return found;
  const names = units.map((unit) => unit.name);
  const guess = nearest(name, [...names, ...units.flatMap(({ services }) => services)]);
  throw problem('trigger/unknown-unit', `--only names \`${name}\`, which is neither a unit nor a service`, {
    where: '--only',
    expected: listWords(names),
    found: `\`${name}\``,
    next: guess === undefined ? undefined : `Did you mean \`${guess}\`?`,
  });
}
