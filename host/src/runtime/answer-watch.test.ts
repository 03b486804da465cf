import { expect, test } from 'vitest';
import { AnswerWatch, type Expected } from './answer-watch.ts';

/** An answer that comes when the test says so, and what becomes of it. */
function expectation() {
  const state = { there: false, end: Promise.withResolvers<'seen' | 'announced'>() };
  const expected: Expected = {
    isThere: () => state.there,
    announceInstead() {
      if (state.there) return false;
      state.end.resolve('announced');
      return true;
    },
    onThere: () => state.end.resolve('seen'),
  };
  return { expected, state, end: state.end.promise };
}

test('an answer is seen without being announced, whenever it comes', async () => {
  const watch = new AnswerWatch(4, Infinity);
  const [one, two] = [expectation(), expectation()];
  watch.add(one.expected);
  watch.add(two.expected);
  one.state.there = true;
  expect(await one.end).toBe('seen');
  two.state.there = true;
  expect(await two.end).toBe('seen');
});

test('what does not come within the time is announced, unless it came at the last moment', async () => {
  const watch = new AnswerWatch(4, 0);
  const [never, last] = [expectation(), expectation()];
  watch.add(never.expected);
  watch.add({ ...last.expected, isThere: () => false });
  last.state.there = true;
  expect(await Promise.all([never.end, last.end])).toEqual(['announced', 'seen']);
});

test('nothing is watched where workers take all cores', async () => {
  const watch = new AnswerWatch(2, Infinity);
  expect(watch.hasRoom).toBe(true);
  watch.began();
  expect(watch.hasRoom).toBe(false);
  watch.ended();
  expect(watch.hasRoom).toBe(true);
  const one = expectation();
  watch.add(one.expected);
  watch.began();
  watch.began();
  expect(await one.end).toBe('announced');
  expect(new AnswerWatch(1).hasRoom).toBe(false);
});

test('what is removed is left alone', async () => {
  const watch = new AnswerWatch(4, Infinity);
  const [removed, other] = [expectation(), expectation()];
  watch.add(removed.expected);
  watch.add(other.expected);
  watch.remove(removed.expected);
  removed.state.there = other.state.there = true;
  expect(await Promise.race([removed.end, other.end])).toBe('seen');
  expect(await Promise.race([removed.end, Promise.resolve('left alone')])).toBe('left alone');
});
