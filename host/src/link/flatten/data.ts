import { Reader } from '../../binary/reader.ts';
import { lebLength, Writer } from '../../binary/writer.ts';
import { constant, ID, once, section } from './core.ts';
import { NotThisShape } from './not-this-shape.ts';

/** Segments with no more zeros than this between them become one: a segment's head takes about eight bytes. */
const GAP = 32;

/**
 * A module's active data segments, as numbers: a snapshot has thousands of them, and three services' as objects are
 * most of what composing them would allocate.
 */
export interface ActiveData {
  readonly module: Uint8Array;
  readonly count: number;
  /** Of each: its place in memory, where its bytes stand in the module, and how many they are. */
  readonly offsets: Uint32Array;
  readonly starts: Uint32Array;
  readonly lengths: Uint32Array;
}

export interface DataSegments {
  readonly active: ActiveData;
  readonly passive: boolean;
}

/** Where the active segments go, and whether there are passive ones. Throws NotThisShape at others, and Malformed. */
export const dataSegments = once(readData);

function readData(module: Uint8Array): DataSegments {
  const found = section(module, ID.data);
  const reader = new Reader(module, found?.start ?? 0, found?.end ?? 0);
  const segments = found ? reader.count() : 0;
  const [offsets, starts, lengths] = [0, 1, 2].map(() => new Uint32Array(segments)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  const place = { offset: 0, length: 0 };
  let count = 0;
  let passive = false;
  for (let n = 0; n < segments; n++) {
    if (plain(module, reader, place)) {
      offsets[count] = place.offset;
      starts[count] = reader.offset;
      lengths[count++] = place.length;
      reader.offset += place.length;
      continue;
    }
    const flags = reader.u32();
    if (flags > 1) throw new NotThisShape('it has data for another memory');
    const offset = flags === 0 ? constant(reader, NONE) : 0;
    if (offset === undefined) throw new NotThisShape('it has data at offsets that are not constant');
    const length = reader.u32();
    if (flags === 0) {
      offsets[count] = offset;
      starts[count] = reader.offset;
      lengths[count++] = length;
    } else passive = true;
    reader.skip(length);
  }
  return { active: { module, count, offsets, starts, lengths }, passive };
}

const NONE: ReadonlyMap<number, number> = new Map();

/**
 * Reads the head of a segment as nearly all are: active, at a constant below 2^27, its length below 2^28. False, and
 * nothing read, at any other, at what is malformed too.
 */
function plain(module: Uint8Array, reader: Reader, place: { offset: number; length: number }): boolean {
  let at = reader.offset;
  if (module[at++] !== 0x00 || module[at++] !== 0x41) return false;
  let byte = module[at++]!;
  let offset = byte & 0x7f;
  for (let shift = 7; byte >= 0x80 && shift < 28; shift += 7) {
    byte = module[at++]!;
    offset |= (byte & 0x7f) << shift;
  }
  // The sign's bit, or more bytes.
  if (byte >= 0x40 || module[at++] !== 0x0b) return false;
  byte = module[at++]!;
  let length = byte & 0x7f;
  for (let shift = 7; byte >= 0x80 && shift < 28; shift += 7) {
    byte = module[at++]!;
    length |= (byte & 0x7f) << shift;
  }
  if (byte >= 0x80 || at + length > reader.end) return false;
  place.offset = offset;
  place.length = length;
  reader.offset = at;
  return true;
}

/** Where the data ends in memory. */
export function dataEnd({ count, offsets, lengths }: ActiveData): number {
  let end = 0;
  for (let at = 0; at < count; at++) end = Math.max(end, offsets[at]! + lengths[at]!);
  return end;
}

/**
 * The contents of a data section with those segments in the order of their place, neighbours joined: memory is zero to
 * begin with, so zeros between two cost only their bytes.
 */
export function joinedData(data: ActiveData): Writer {
  const { module, offsets, starts, lengths } = data;
  const order = inOrder(data);
  const { count, firsts, ends } = runsOf(data, order);
  let size = 0;
  for (let run = 0; run < count; run++) {
    const offset = offsets[order[firsts[run]!]!]!;
    size += headLength(offset, ends[run]! - offset) + ends[run]! - offset;
  }
  const out = new Uint8Array(size);
  let to = 0;
  for (let run = 0; run < count; run++) {
    const next = firsts[run + 1]!;
    const offset = offsets[order[firsts[run]!]!]!;
    out[to++] = 0x00;
    out[to++] = 0x41;
    to = signed(out, to, offset);
    out[to++] = 0x0b;
    to = unsigned(out, to, ends[run]! - offset);
    for (let at = firsts[run]!; at < next; at++) {
      const segment = order[at]!;
      const start = starts[segment]!;
      // Shorter than any loop over the bytes, of eight of them too.
      out.set(module.subarray(start, start + lengths[segment]!), to + offsets[segment]! - offset);
    }
    to += ends[run]! - offset;
  }
  return new Writer().u32(count).bytes(out);
}

/** The segments that are not empty, by their place; they nearly always stand in that order already. */
function inOrder({ count, offsets, lengths }: ActiveData): Uint32Array {
  const all = new Uint32Array(count);
  let kept = 0;
  let sorted = true;
  let last = 0;
  for (let at = 0; at < count; at++) {
    if (lengths[at] === 0) continue;
    const offset = offsets[at]!;
    if (offset < last) sorted = false;
    last = offset;
    all[kept++] = at;
  }
  const order = all.subarray(0, kept);
  return sorted ? order : order.sort((a, b) => offsets[a]! - offsets[b]! || a - b);
}

/** Neighbours that become one segment, as numbers as the segments are. */
interface Runs {
  readonly count: number;
  /** Where in the order each begins; behind the last, where the order ends. */
  readonly firsts: Uint32Array;
  /** Where each ends in memory. */
  readonly ends: Uint32Array;
}

function runsOf({ offsets, lengths }: ActiveData, order: Uint32Array): Runs {
  const firsts = new Uint32Array(order.length + 1);
  const ends = new Uint32Array(order.length);
  let count = 0;
  let last = -1;
  for (let at = 0; at < order.length; at++) {
    const segment = order[at]!;
    const offset = offsets[segment]!;
    if (offset < last) throw new NotThisShape('its data overlaps');
    if (last < 0 || offset - last > GAP) firsts[count++] = at;
    last = offset + lengths[segment]!;
    ends[count - 1] = last;
  }
  firsts[count] = order.length;
  return { count, firsts, ends };
}

/** Flags, `i32.const offset`, `end`, and the length. */
function headLength(offset: number, length: number): number {
  return 3 + lebLength(offset * 2) + lebLength(length);
}

function unsigned(out: Uint8Array, at: number, value: number): number {
  let to = at;
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) out[to++] = (rest % 128) | 0x80;
  out[to++] = rest;
  return to;
}

/** Of a value that is not negative: the sign takes a bit of its own. */
function signed(out: Uint8Array, at: number, value: number): number {
  let to = at;
  let rest = value;
  for (; rest >= 0x40; rest = Math.floor(rest / 128)) out[to++] = (rest % 128) | 0x80;
  out[to++] = rest;
  return to;
}
