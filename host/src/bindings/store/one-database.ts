import { problem } from '../../diagnostics/error.ts';
import type { StoreConfig } from '../config.ts';
import { placeName, placeOf } from './place.ts';

/**
 * Refuses atomic stores in several databases; to be called before workers start, so that it is one error.
 *
 * @throws TenonError `bindings/stores-apart`
 */
export function requireOneDatabase(stores: Readonly<Record<string, StoreConfig>>): void {
  const atomic = Object.entries(stores).filter(([, config]) => config.atomic);
  if (new Set(atomic.map(([, config]) => placeOf(config))).size <= 1) return;
  throw problem('bindings/stores-apart', 'one event cannot commit to several databases at once', {
    where: `stores ${atomic.map(([label]) => label).join(', ')}`,
    expected: 'one path, or one url, for all atomic stores of a unit',
    found: atomic.map(([label, config]) => `${label} in ${placeName(config)}`).join(', '),
  });
}
