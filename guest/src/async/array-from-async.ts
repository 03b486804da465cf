import { Promise } from './promise.ts';

type Step = (value: unknown) => void;
type Iterated = { next: () => unknown };

/** `Array.fromAsync` (ECMA-262 §23.1.2.2) for the guest's promises; QuickJS' own makes promises of the engine. */
export function fromAsync(
  this: unknown,
  source: AsyncIterable<unknown> | Iterable<unknown> | ArrayLike<unknown>,
  map?: (value: unknown, index: number) => unknown,
): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    if (map !== undefined && typeof map !== 'function')
      throw new TypeError('Array.fromAsync: map is not a function');
    const asyncMethod = (source as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator];
    const syncMethod = (source as Partial<Iterable<unknown>>)[Symbol.iterator];
    const iterator = (asyncMethod?.call(source) ??
      syncMethod?.call(source) ??
      Array.from(source as ArrayLike<unknown>).values()) as Iterated & { return?: () => unknown };
    const isSync = asyncMethod === undefined;
    const values: unknown[] = [];

    const after = (value: unknown, then: Step): void => {
      Promise.resolve(value).then(guard(then), fail);
    };
    const guard =
      (then: Step): Step =>
      (value) => {
        try {
          then(value);
        } catch (error) {
          close(error);
        }
      };
    const fail = (error: unknown): void => {
      if (isSync) close(error);
      else reject(error);
    };
    const close = (error: unknown): void => {
      try {
        iterator.return?.();
      } finally {
        reject(error);
      }
    };
    const keep: Step = (value) => {
      values.push(value);
      advance();
    };
    const take: Step = (value) => {
      if (map === undefined) keep(value);
      else after(map(value, values.length), keep);
    };
    const receive: Step = (result) => {
      const { done, value } = result as IteratorResult<unknown>;
      if (done) resolve(values);
      else if (isSync) after(value, take);
      else take(value);
    };
    const advance = (): void => {
      let result: unknown;
      try {
        result = iterator.next();
      } catch (error) {
        reject(error);
        return;
      }
      if (isSync) guard(receive)(result);
      else after(result, receive);
    };
    advance();
  });
}
