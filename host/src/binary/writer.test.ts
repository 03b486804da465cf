import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Writer } from './writer.ts';

/** What is done to one of several writers, which get their room from the same place. */
type Step =
  | { readonly does: 'bytes'; readonly to: number; readonly value: Uint8Array }
  | { readonly does: 'byte'; readonly to: number; readonly values: readonly number[] }
  | { readonly does: 'text'; readonly to: number; readonly value: string }
  | { readonly does: 'append' | 'section'; readonly to: number; readonly from: number };

const WRITERS = 4;
const writer = fc.nat(WRITERS - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    does: fc.constant('bytes' as const),
    to: writer,
    value: fc.oneof(
      { weight: 8, arbitrary: fc.uint8Array({ maxLength: 150 }) },
      { weight: 1, arbitrary: fc.nat(40_000).map((length) => new Uint8Array(length).fill(7)) },
    ),
  }),
  fc.record({
    does: fc.constant('byte' as const),
    to: writer,
    // Some so many that the next ones get room elsewhere.
    values: fc.oneof(
      { weight: 4, arbitrary: fc.array(fc.nat(255), { maxLength: 100 }) },
      { weight: 1, arbitrary: fc.nat(6000).map((length) => Array<number>(length).fill(9)) },
    ),
  }),
  fc.record({
    does: fc.constant('text' as const),
    to: writer,
    value: fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.nat(300).map((length) => 'x'.repeat(length)),
    ),
  }),
  fc.record({ does: fc.constantFrom('append' as const, 'section' as const), to: writer, from: writer }),
);

test('what several writers are given in turns is what each of them gives', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const writers = Array.from({ length: WRITERS }, () => new Writer());
      const models = writers.map((): number[] => []);
      for (const one of steps) take(one, writers, models);
      expect(writers.map(({ length }) => length)).toEqual(models.map(({ length }) => length));
      // Twice: what has been gathered is still there.
      for (const _ of [1, 2])
        for (const [at, model] of models.entries())
          expect(Buffer.from(writers[at]!.finish()).equals(Buffer.from(model))).toBe(true);
    }),
    { numRuns: 1500 },
  );
});

function take(one: Step, writers: Writer[], models: number[][]): void {
  const [to, model] = [writers[one.to]!, models[one.to]!];
  if (one.does === 'bytes') {
    to.bytes(one.value);
    model.push(...one.value);
  } else if (one.does === 'byte') {
    to.byte(...one.values);
    model.push(...one.values);
  } else if (one.does === 'text') {
    to.text(one.value);
    const bytes = Buffer.from(one.value);
    model.push(...leb(bytes.length), ...bytes);
  } else if (one.from !== one.to) {
    const [from, contents] = [writers[one.from]!, models[one.from]!];
    if (one.does === 'append') to.append(from);
    else to.section(5, from);
    if (one.does === 'section') model.push(5, ...leb(contents.length));
    for (const value of contents) model.push(value);
    // It is not written to any more.
    writers[one.from] = new Writer();
    models[one.from] = [];
  }
}

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...leb(Math.floor(value / 128))];
}
