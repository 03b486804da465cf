/* oxlint-disable no-eval, no-unused-expressions, no-unnecessary-await, no-useless-spread, no-compare-neg-zero -- corners of the language are what is tried here */
import { divide, Counter, echo } from 't:helper/api';

const cases = {
  regex: () =>
    'a1b22c333'.replace(/(\d+)/g, (m) => `<${m.length}>`) +
    /(?<y>\d{4})-(?<m>\d\d)/u.exec('on 2026-11-24').groups.y,
  regexLookbehind: () => '$10 €20'.match(/(?<=€)\d+/u)[0],
  regexSticky: () => {
    const r = /o/y;
    r.lastIndex = 4;
    return [r.test('hello'), r.lastIndex];
  },
  json: () => JSON.stringify(JSON.parse('{"a":[1,2,{"b":null}],"c":"\\u00e9\\ud83d\\ude00"}'), null, 1),
  jsonReviver: () => JSON.parse('{"n":1,"m":{"n":2}}', (k, v) => (k === 'n' ? v * 10 : v)),
  bigint: () => (2n ** 200n - 1n).toString() + BigInt.asIntN(64, 2n ** 63n) + -7n / 2n + (7n % -4n),
  generators: () => {
    function* f(n) {
      const x = yield n;
      yield* [x, x + 1];
      return 9;
    }
    const g = f(1);
    return [g.next(), g.next(5), g.next(), g.next()];
  },
  iterators: () => {
    const it = {
      from: 1,
      to: 4,
      [Symbol.iterator]() {
        let c = this.from;
        const e = this.to;
        return { next: () => (c <= e ? { value: c++, done: false } : { value: undefined, done: true }) };
      },
    };
    return [...it];
  },
  gcPressure: () => {
    let s = 0;
    for (let i = 0; i < 60000; i++) {
      const o = { a: [i, i + 1], b: `x${i}`, c: null };
      o.c = o;
      s += o.b.length + o.a[1];
    }
    return s;
  },
  growth40MB: () => {
    const all = [];
    for (let i = 0; i < 40; i++) {
      const a = new Uint8Array(1 << 20);
      a.fill(i);
      all.push(a);
    }
    return all.reduce((s, a) => s + a[a.length - 1] + a.length, 0);
  },
  map: () => {
    const m = new Map([
      [1, 'a'],
      [NaN, 'b'],
      ['x', 'c'],
    ]);
    m.delete(1);
    m.set(-0, 'z');
    return [...m.entries()].map(String).concat(m.get(NaN), m.get(0));
  },
  set: () => {
    const s = new Set('mississippi');
    s.delete('s');
    return [...s].join('') + s.size;
  },
  weakMap: () => {
    const k = {};
    const w = new WeakMap([[k, 7]]);
    return [w.get(k), w.has({})];
  },
  date: () => {
    const d = new Date(Date.UTC(2026, 10, 24, 17, 5, 6, 789));
    return [d.toISOString(), d.getTime(), d.getUTCDay(), new Date('2024-02-29T00:00:00Z').getTime()];
  },
  proxy: () => {
    const log = [];
    const p = new Proxy(
      { a: 1 },
      {
        get: (t, k) => {
          log.push(String(k));
          return t[k] ?? 42;
        },
        has: () => true,
        deleteProperty: (t, k) => delete t[k],
      },
    );
    return [p.a, p.b, 'q' in p, delete p.a, p.a, log];
  },
  reflect: () => [
    Reflect.ownKeys({ b: 1, 2: 1, a: 1, 1: 1 }),
    Reflect.construct(Date, [0]).getTime(),
    Reflect.apply(Math.max, null, [1, 3, 2]),
  ],
  typedArrays: () => {
    const b = new ArrayBuffer(16);
    const v = new DataView(b);
    v.setFloat64(0, Math.PI);
    v.setInt16(8, -2, true);
    v.setBigUint64(8, 2n ** 63n + 5n);
    return [
      ...new Uint8Array(b),
      ...new Float32Array([1.1, NaN, Infinity]),
      ...new Uint8ClampedArray([300, -5, 1.5]),
    ].map(String);
  },
  closures: () => {
    const fs = [];
    for (let i = 0; i < 5; i++) fs.push(() => i * i);
    return fs.map((f) => f());
  },
  counterClosure: () => {
    const make = () => {
      let n = 0;
      return {
        up: () => ++n,
        get n() {
          return n;
        },
      };
    };
    const a = make(),
      b = make();
    a.up();
    a.up();
    b.up();
    return [a.n, b.n];
  },
  errors: () => {
    try {
      null.x;
    } catch (e) {
      return [e.name, e instanceof TypeError, e.message.length > 0];
    }
  },
  errorCause: () => {
    try {
      try {
        throw new RangeError('inner');
      } catch (c) {
        throw new Error('outer', { cause: c });
      }
    } catch (e) {
      return [e.message, e.cause.message, e.cause.name];
    }
  },
  finallyOrder: () => {
    const log = [];
    const f = () => {
      try {
        log.push(1);
        return 'r';
      } finally {
        log.push(2);
      }
    };
    log.push(f());
    return log;
  },
  across: () => divide(84, 2),
  errorsAcross: () => {
    try {
      return divide(1, 0);
    } catch (e) {
      return [String(e.payload ?? e.message ?? e)];
    }
  },
  resourcesAcross: () => {
    const c = new Counter(5);
    c.up(3);
    c.up(4);
    return c.value();
  },
  bytesAcross: () => {
    const got = echo(Uint8Array.from({ length: 5000 }, (_, i) => i * 7));
    return got.reduce((a, b) => (a * 31 + b) >>> 0, 1);
  },
  utf8: () => [
    'grüße',
    '日本語',
    '👩‍👩‍👧',
    '\u0000x',
    'ß'.toUpperCase(),
    'é'.normalize('NFD').length,
    [...'a😀b'].length,
    '😀'.codePointAt(0),
  ],
  sorting: () => [
    [5, 1, 10].sort(),
    [5, 1, 10].sort((a, b) => a - b),
    ['b', 'a', 'C'].sort(),
    Array.from({ length: 300 }, (_, i) => ({ k: i % 7, i }))
      .sort((a, b) => a.k - b.k)
      .map((x) => x.i)
      .slice(0, 60),
  ],
  destructuring: () => {
    const { a, b: { c = 9, ...r } = {}, ...rest } = { a: 1, b: { d: 2, e: 3 }, f: 4 };
    const [x, , y = 7, ...z] = [1, 2, undefined, 4, 5];
    return [a, c, r, rest, x, y, z];
  },
  labelled: () => {
    const out = [];
    outer: for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) {
        if (j === 2) continue outer;
        if (i === 3) break outer;
        out.push(i * 10 + j);
      }
    }
    return out;
  },
  getters: () => {
    const o = {
      n: 2,
      get sq() {
        return this.n ** 2;
      },
      set sq(v) {
        this.n = Math.sqrt(v);
      },
    };
    o.sq = 49;
    return [o.n, o.sq, Object.getOwnPropertyDescriptor(o, 'sq').set !== undefined];
  },
  symbols: () => {
    const s = Symbol('d');
    const o = { [s]: 1, [Symbol.toPrimitive]: (h) => (h === 'number' ? 42 : h), [Symbol.toStringTag]: 'T' };
    return [
      s.description,
      o[s],
      +o,
      `${o}`,
      Object.prototype.toString.call(o),
      Symbol.for('q') === Symbol.for('q'),
    ];
  },
  taggedTemplates: () => {
    const t = (s, ...v) => s.raw.join('|') + v.join();
    return t`a\n${1}b${2 + 3}c`;
  },
  classes: () => {
    class A {
      #p = 1;
      static s = 5;
      static {
        A.t = A.s * 2;
      }
      get p() {
        return this.#p;
      }
      inc() {
        this.#p++;
        return this;
      }
    }
    class B extends A {
      inc() {
        super.inc();
        return super.inc();
      }
    }
    return [new B().inc().p, A.t, new B() instanceof A, B.name];
  },
  async: () => {
    const log = [];
    (async () => {
      log.push('a');
      await null;
      log.push('never before the return');
    })();
    log.push('b');
    return log;
  },
  asyncPromise: () => {
    const p = Promise.all([1, Promise.resolve(2)]);
    return [p instanceof Promise, typeof p.then, String(p)];
  },
  optional: () => {
    const o = { a: { f: () => 3 } };
    let n = null;
    n ??= 4;
    let z = 0;
    z ||= 6;
    return [o?.a?.f?.(), o.b?.c.d.e, n, z, o.q ?? 'd'];
  },
  spread: () => [Math.max(...[1, 9, 3]), { ...{ a: 1 }, b: 2 }, [...'abc', ...[1]]],
  arrays: () => [
    [1, [2, [3, [4]]]].flat(Infinity),
    [3, 1, 2].toSorted(),
    [1, 2, 3].at(-1),
    [1, 2, 3, 4].findLast((x) => x % 2),
    Array.from({ length: 3 }, (_, i) => i * 2),
    [1, 2, 3].with(1, 9),
    [1, 2, 3, 4, 5].copyWithin(0, 3),
  ],
  objects: () => [
    Object.fromEntries(Object.entries({ a: 1, b: 2 }).map(([k, v]) => [v, k])),
    Object.isFrozen(Object.freeze({})),
    Object.groupBy ? Object.keys(Object.groupBy([1, 2, 3], (x) => (x % 2 ? 'odd' : 'even'))) : 'none',
  ],
  strings: () => [
    'abc'.padStart(5, '*'),
    'a-b-c'.replaceAll('-', '+'),
    ' x '.trim(),
    'abc'.at(-1),
    'x'.repeat(3),
    'a,b'.split(','),
    'abc'.localeCompare('abd'),
    '\u{1F600}'.length,
    String.raw`\n`,
  ],
  numbers: () =>
    [
      0.1 + 0.2,
      (1e21).toString(),
      (255).toString(36),
      (123.456).toFixed(1),
      (0.000001234).toExponential(2),
      parseInt('0x1f'),
      Number('0b101'),
      Number.EPSILON,
      -0 === 0,
      Object.is(-0, 0),
      (25).toString(2),
      5e-324,
      1.7976931348623157e308,
    ].map(String),
  math: () => [
    Math.hypot(3, 4),
    Math.cbrt(27),
    Math.fround(5.05),
    Math.clz32(1),
    Math.imul(0xffffffff, 5),
    Math.sign(-3),
    Math.trunc(-4.7),
    Math.log2(8),
    Math.sin(1),
    Math.pow(2, 0.5),
    Math.atan2(1, 2),
  ],
  evalCode: () => [new Function('a', 'b', 'return a * b')(6, 7), (0, eval)('1 + 2 * 3')],
  recursion: () => {
    const f = (n) => (n < 2 ? n : f(n - 1) + f(n - 2));
    return f(18);
  },
  deepRecursion: () => {
    const f = (n) => (n === 0 ? 0 : 1 + f(n - 1));
    return f(100);
  },
  switches: () =>
    ['a', 1, NaN, null].map((x) => {
      switch (x) {
        case 'a':
          return 1;
        case 1:
        case 2:
          return 2;
        case null:
          return 3;
        default:
          return 4;
      }
    }),
  exceptionsInSort: () => {
    try {
      [3, 1, 2].sort(() => {
        throw new Error('cmp');
      });
    } catch (e) {
      return e.message;
    }
  },
  stringBuilding: () => {
    let s = '';
    for (let i = 0; i < 20000; i++) s += String.fromCharCode(97 + (i % 26));
    let h = 0;
    for (let i = 0; i < s.length; i++) h = (h * 31 + s.charCodeAt(i)) | 0;
    return [s.length, h];
  },
  dateLocal: () => [new Date(0).getTimezoneOffset() === 0, typeof Date.now(), Date.now() > 1.7e12],
  deep: () => {
    const count = (n) => (n === 0 ? 0 : 1 + count(n - 1));
    // On Wasmtime a hundred more exhaust its own stack, whatever the engine has of one in its memory.
    return count(700);
  },
  state: () => (globalThis.__n = (globalThis.__n ?? 0) + 1),
};

const show = (value) => JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}n` : v));

export const probe = {
  names: () => Object.keys(cases),
  run: (name) => {
    try {
      return show(cases[name]()) ?? 'undefined';
    } catch (e) {
      return `threw ${e?.name}: ${e?.message}`;
    }
  },
  crash: () => {
    throw new Error('on purpose');
  },
};
