import { expect, test } from 'vitest';
import { clearFree } from './free-memory.ts';

const PREVIOUS_IN_USE = 1;
const IN_USE = 2;
/** The place of a heap whose first chunk stands right there. */
const BASE = 8;

/** A heap of those chunks, all bytes that are no border set; the last two are the rest and the mark at its end. */
function heap(chunks: readonly (readonly [size: number, inUse: boolean])[]): Uint8Array {
  const memory = new Uint8Array(BASE + chunks.reduce((sum, [size]) => sum + size, 0)).fill(0xee);
  const view = new DataView(memory.buffer);
  let at = BASE;
  let before: readonly [size: number, inUse: boolean] = [0, true];
  for (const chunk of chunks) {
    const [size, inUse] = chunk;
    if (!before[1]) view.setUint32(at, before[0], true);
    view.setUint32(at + 4, size | (before[1] ? PREVIOUS_IN_USE : 0) | (inUse ? IN_USE : 0), true);
    at += size;
    before = chunk;
  }
  return memory;
}

const CHUNKS = [
  [48, true],
  [96, false],
  [32, true],
  [64, false],
  [48, false],
] as const;

test('what is free becomes zero but for its borders and links, and nothing else changes', () => {
  const memory = heap(CHUNKS);
  const before = memory.slice();
  expect(clearFree(memory, BASE)).toBe(96 - 32 + 64 - 32);
  const cleared = [...memory.keys()].filter((at) => memory[at] === 0 && before[at] === 0xee);
  expect([cleared[0], cleared.at(-1), cleared.length]).toEqual([BASE + 48 + 32, BASE + 240 - 1, 96]);
  for (const at of cleared) before[at] = 0;
  expect(memory).toEqual(before);
});

test.each<[string, (memory: DataView) => void]>([
  ['a chunk says that the free one before it is in use', (view) => view.setUint32(BASE + 148, 32 | 3, true)],
  ['a chunk says that the one in use before it is free', (view) => view.setUint32(BASE + 52, 96, true)],
  ['the size behind a free chunk is another one', (view) => view.setUint32(BASE + 144, 80, true)],
  ['a chunk reaches beyond the memory', (view) => view.setUint32(BASE + 180, 6400 | 1, true)],
  ['a chunk has no size', (view) => view.setUint32(BASE + 4, 3, true)],
  ['the mark at the end is in use', (view) => view.setUint32(BASE + 244, 48 | IN_USE, true)],
  ['two chunks in a row are free', (view) => view.setUint32(BASE + 148, 32, true)],
])('nothing changes where %s', (_, contradict) => {
  const memory = heap(CHUNKS);
  contradict(new DataView(memory.buffer));
  const before = memory.slice();
  expect(clearFree(memory, BASE)).toBe(0);
  expect(memory).toEqual(before);
});
