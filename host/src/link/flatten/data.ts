import { Reader } from '../../binary/reader.ts';
import { once } from '../once.ts';
import { constant, ID, section } from './core.ts';
import { NotThisShape } from './not-this-shape.ts';

/** A module's active data segments. */
export interface ActiveData {
  readonly count: number;
  /** Where in memory the last of them ends; 0 without any. */
  readonly end: number;
}

/** Throws NotThisShape at segments whose places cannot be told now, and Malformed. */
export const activeData = once((module: Uint8Array): ActiveData => {
  const found = section(module, ID.data);
  let [count, end] = [0, 0];
  if (!found) return { count, end };
  const reader = new Reader(module, found.start, found.end);
  for (let left = reader.count(); left > 0; left--) {
    const flags = reader.u32();
    if (flags > 1) throw new NotThisShape('it has data for another memory');
    const offset = flags === 0 ? constant(reader, NONE) : 0;
    if (offset === undefined) throw new NotThisShape('it has data at offsets that are not constant');
    const length = reader.u32();
    reader.skip(length);
    if (flags === 1) continue;
    count++;
    end = Math.max(end, offset + length);
  }
  return { count, end };
});

const NONE: ReadonlyMap<number, number> = new Map();
