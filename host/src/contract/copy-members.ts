import { mismatch, within } from './mismatch.ts';

export type Copy = (value: unknown) => unknown;
type Members = Record<string, unknown>;

/** Tuples, so that taking them apart gives no undefined. */
type Tuple<T, N extends number, R extends T[] = []> = R['length'] extends N ? R : Tuple<T, N, [...R, T]>;
type Names<N extends number> = Tuple<string, N>;
type Copies<N extends number> = Tuple<Copy, N>;

/**
 * Copies the members of an object in order, refusing what is none. An engine without a JIT builds an object
 * several times faster from a literal than member by member, so the usual sizes are written out; `at` says
 * which member was being copied when something was thrown.
 */
export function membersCopy(names: readonly string[], copies: readonly Copy[]): Copy {
  switch (names.length) {
    case 1: {
      const [k0] = names as Names<1>;
      const [c0] = copies as Copies<1>;
      return (value) => {
        if (typeof value !== 'object' || value === null) return mismatch('a record', value);
        const v = value as Members;
        let at = 0;
        try {
          return { [k0]: c0(v[k0]) };
        } catch (error) {
          throw within(error, `.${names[at]}`);
        }
      };
    }
    case 2: {
      const [k0, k1] = names as Names<2>;
      const [c0, c1] = copies as Copies<2>;
      return (value) => {
        if (typeof value !== 'object' || value === null) return mismatch('a record', value);
        const v = value as Members;
        let at = 0;
        try {
          return { [k0]: c0(v[k0]), [k1]: ((at = 1), c1(v[k1])) };
        } catch (error) {
          throw within(error, `.${names[at]}`);
        }
      };
    }
    case 3: {
      const [k0, k1, k2] = names as Names<3>;
      const [c0, c1, c2] = copies as Copies<3>;
      return (value) => {
        if (typeof value !== 'object' || value === null) return mismatch('a record', value);
        const v = value as Members;
        let at = 0;
        try {
          return { [k0]: c0(v[k0]), [k1]: ((at = 1), c1(v[k1])), [k2]: ((at = 2), c2(v[k2])) };
        } catch (error) {
          throw within(error, `.${names[at]}`);
        }
      };
    }
    case 4: {
      const [k0, k1, k2, k3] = names as Names<4>;
      const [c0, c1, c2, c3] = copies as Copies<4>;
      return (value) => {
        if (typeof value !== 'object' || value === null) return mismatch('a record', value);
        const v = value as Members;
        let at = 0;
        try {
          return {
            [k0]: c0(v[k0]),
            [k1]: ((at = 1), c1(v[k1])),
            [k2]: ((at = 2), c2(v[k2])),
            [k3]: ((at = 3), c3(v[k3])),
          };
        } catch (error) {
          throw within(error, `.${names[at]}`);
        }
      };
    }
    case 5: {
      const [k0, k1, k2, k3, k4] = names as Names<5>;
      const [c0, c1, c2, c3, c4] = copies as Copies<5>;
      return (value) => {
        if (typeof value !== 'object' || value === null) return mismatch('a record', value);
        const v = value as Members;
        let at = 0;
        try {
          return {
            [k0]: c0(v[k0]),
            [k1]: ((at = 1), c1(v[k1])),
            [k2]: ((at = 2), c2(v[k2])),
            [k3]: ((at = 3), c3(v[k3])),
            [k4]: ((at = 4), c4(v[k4])),
          };
        } catch (error) {
          throw within(error, `.${names[at]}`);
        }
      };
    }
    case 6: {
      const [k0, k1, k2, k3, k4, k5] = names as Names<6>;
      const [c0, c1, c2, c3, c4, c5] = copies as Copies<6>;
      return (value) => {
        if (typeof value !== 'object' || value === null) return mismatch('a record', value);
        const v = value as Members;
        let at = 0;
        try {
          return {
            [k0]: c0(v[k0]),
            [k1]: ((at = 1), c1(v[k1])),
            [k2]: ((at = 2), c2(v[k2])),
            [k3]: ((at = 3), c3(v[k3])),
            [k4]: ((at = 4), c4(v[k4])),
            [k5]: ((at = 5), c5(v[k5])),
          };
        } catch (error) {
          throw within(error, `.${names[at]}`);
        }
      };
    }
    case 7: {
      const [k0, k1, k2, k3, k4, k5, k6] = names as Names<7>;
      const [c0, c1, c2, c3, c4, c5, c6] = copies as Copies<7>;
      return (value) => {
        if (typeof value !== 'object' || value === null) return mismatch('a record', value);
        const v = value as Members;
        let at = 0;
        try {
          return {
            [k0]: c0(v[k0]),
            [k1]: ((at = 1), c1(v[k1])),
            [k2]: ((at = 2), c2(v[k2])),
            [k3]: ((at = 3), c3(v[k3])),
            [k4]: ((at = 4), c4(v[k4])),
            [k5]: ((at = 5), c5(v[k5])),
            [k6]: ((at = 6), c6(v[k6])),
          };
        } catch (error) {
          throw within(error, `.${names[at]}`);
        }
      };
    }
    case 8: {
      const [k0, k1, k2, k3, k4, k5, k6, k7] = names as Names<8>;
      const [c0, c1, c2, c3, c4, c5, c6, c7] = copies as Copies<8>;
      return (value) => {
        if (typeof value !== 'object' || value === null) return mismatch('a record', value);
        const v = value as Members;
        let at = 0;
        try {
          return {
            [k0]: c0(v[k0]),
            [k1]: ((at = 1), c1(v[k1])),
            [k2]: ((at = 2), c2(v[k2])),
            [k3]: ((at = 3), c3(v[k3])),
            [k4]: ((at = 4), c4(v[k4])),
            [k5]: ((at = 5), c5(v[k5])),
            [k6]: ((at = 6), c6(v[k6])),
            [k7]: ((at = 7), c7(v[k7])),
          };
        } catch (error) {
          throw within(error, `.${names[at]}`);
        }
      };
    }
    default:
      return (value) => {
        if (typeof value !== 'object' || value === null) return mismatch('a record', value);
        const v = value as Members;
        const copied: Members = {};
        let at = 0;
        try {
          for (; at < names.length; at++) {
            const name = names[at] as string;
            copied[name] = (copies[at] as Copy)(v[name]);
          }
        } catch (error) {
          throw within(error, `.${names[at]}`);
        }
        return copied;
      };
  }
}

/** Copies the items of an array, or of a typed array where numbers are wanted, in order; likewise. */
export function itemsCopy(copy: Copy): (value: unknown) => unknown[] {
  return (value) => {
    const items = Array.isArray(value) || isTypedArray(value) ? value : mismatch('a list', value);
    const { length } = items;
    let at = 0;
    try {
      if (length === 1) return [copy(items[0])];
      if (length === 2) return [copy(items[0]), ((at = 1), copy(items[1]))];
      if (length === 3) return [copy(items[0]), ((at = 1), copy(items[1])), ((at = 2), copy(items[2]))];
      const copied: unknown[] = [];
      for (; at < length; at++) copied[at] = copy(items[at]);
      return copied;
    } catch (error) {
      throw within(error, `[${at}]`);
    }
  };
}

function isTypedArray(value: unknown): value is ArrayLike<unknown> {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}
