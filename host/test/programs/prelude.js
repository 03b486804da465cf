/* oxlint-disable no-unused-vars, no-undef -- a program's own statements follow, in the same function */
// What every made-up program begins with: how it says what it found, and what keeps it from growing for ever.

/** What a program says: the same wherever JavaScript runs. */
const log = [];
/** What it says besides: words and places of errors, for instance, which only engines of one make have in common. */
const details = [];

let budget = 4000;
let depth = 0;

function tick() {
  if (--budget < 0) throw new RangeError('over');
  return true;
}

/** A function that may call itself, but not without end. */
const fn = (body) =>
  function (...args) {
    tick();
    if (depth > 3) return args[0];
    depth++;
    try {
      return body.apply(this, args);
    } finally {
      depth--;
    }
  };

/** The same of what is worked out where something is read. */
const calm = (body) => fn(body).call(undefined, 0);

const cap = (text) => (text.length > 300 ? text.slice(0, 100) + text.length : text);
const capArray = (list) => (list.length > 30 ? list.slice(0, 20) : list);
const weight = (of, deep = 0) =>
  typeof of !== 'object' || of === null
    ? 1
    : deep > 4
      ? 1000
      : Object.keys(of).reduce((sum, key) => (sum > 100 ? sum : sum + weight(of[key], deep + 1)), 1);
const capObject = (of) => (weight(of) > 100 ? { a: 'much' } : of);
const capBig = (big) => BigInt.asIntN(192, big);

const fail = (text) => Object.assign(new RangeError(text), { said: text });

/** A number as an order of its own, so that comparing is consistent whatever is compared. */
const rank = (n) => (Number.isNaN(Number(n)) ? -1e9 : Math.max(-1e8, Math.min(1e8, Math.trunc(n))));

function* take(from, count) {
  if (count <= 0) return;
  for (const one of from) {
    yield one;
    if (--count <= 0) return;
  }
}

function show(value, deep = 0) {
  if (deep > 5) return '...';
  const inner = (one) => show(one, deep + 1);
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return `${value}n`;
    case 'symbol':
      return `symbol ${value.description}`;
    case 'function':
      return 'function';
    case 'object':
      break;
    default:
      return String(value);
  }
  if (value === null) return 'null';
  if (Array.isArray(value))
    return `[${Array.from(value, (one, at) => (at in value ? inner(one) : 'hole')).join()}]`;
  if (value instanceof Map) return `Map ${inner([...value])}`;
  if (value instanceof Set) return `Set ${inner([...value])}`;
  if (value instanceof Date) return `Date ${value.getTime()}`;
  if (value instanceof RegExp) return `${value} at ${value.lastIndex}`;
  if (value instanceof Error) return told(value);
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} ${inner(Array.from(value))}`;
  return `{${Object.keys(value)
    .map((key) => `${JSON.stringify(key)}:${inner(value[key])}`)
    .join()}}`;
}

/** What was thrown: of the engine's own errors only the kind, since their words differ from engine to engine. */
function told(thrown) {
  if (!(thrown instanceof Error)) return `thrown ${show(thrown)}`;
  if (details.length < 50) details.push(thrown.message, thrown.stack);
  try {
    return `${thrown.name} ${thrown.said ?? ''}`;
  } catch {
    return `${thrown.name}, and cannot say why`;
  }
}

/** What the program goes on to say when it has said much is not heard. */
function say(text) {
  if (log.length < 50) log.push(text);
}
const note = (thrown) => say(told(thrown));

/** Calls the other component. An error of the contract becomes one that says the same with and without components. */
function ask(name, ...args) {
  try {
    return desk[name](...args);
  } catch (error) {
    if (error?.payload === undefined) throw error;
    throw fail(show(error.payload));
  }
}

// Contracts know whole texts and numbers in their ranges only.
const whole = (text) => text.toWellFormed();
const line = (sku, count, price, marks, text) => ({
  sku: whole(sku),
  count: count >>> 0,
  price: Number(price),
  marks: { gift: (marks & 1) > 0, fragile: (marks & 2) > 0, express: (marks & 4) > 0 },
  note: text === undefined ? undefined : whole(text),
});
const quote = (lines, rule) => {
  const answer = ask('offer', lines, rule);
  // A text that is not there is null on one side and undefined on the other.
  const plain = (of) => ({ ...of, note: of.note ?? null });
  const told = answer.rule.tag === 'but' ? { tag: 'but', val: plain(answer.rule.val) } : answer.rule;
  return { ...answer, lines: answer.lines.map(plain), rule: { tag: told.tag, val: told.val ?? null } };
};

// How deep engines can go differs: proxies of proxies and classes of classes are few.
const levels = new WeakMap();
function proxied(of, handler) {
  const level = (levels.get(of) ?? 0) + 1;
  if (level > 3) return of;
  const proxy = new Proxy(of, handler);
  levels.set(proxy, level);
  return proxy;
}
let classes = 0;
const base = () => (++classes % 4 === 0 ? Plain : C0);

/** Asks for memory beyond what the engine started with, and tells what is in it. */
function grow(kilobytes, seed) {
  const all = [];
  for (let n = 0; n < kilobytes; n += 64) {
    const block = new Uint8Array(65536).fill(seed + n);
    block[n % 65536] = seed;
    all.push(block);
  }
  let text = '';
  for (let n = 0; n < kilobytes; n++) text += String.fromCharCode(97 + ((seed + n) & 15));
  return all.reduce((sum, block, at) => (sum * 31 + block[at * 64] + block[65535]) | 0, text.length);
}

/** What is there before the program does anything: the same each time, unless one has left something to the next. */
function surroundings() {
  const places = [globalThis, Object, Array, Map, String, RegExp, Math, JSON, Promise, Reflect];
  const own = places.flatMap((place) => [place, place.prototype ?? {}]).map((of) => Reflect.ownKeys(of));
  return [own.map((keys) => keys.length).join(), own.flat().map(String).join().length, desk.kept().length];
}
details.push(...surroundings());

// What the program works on, by kind.
let [n0, n1, n2] = [0, 1.5, -7];
let [s0, s1] = ['', 'abc'];
let [b0, b1] = [true, false];
let [a0, a1] = [[], [3, 1, 2]];
let g0 = 5n;
let o0 = { a: 1, b: 'two', c: [3] };
let m0 = new Map([['a', 1]]);
const u0 = new Uint8Array(16);
let d0 = new Date(0);
let f0 = fn((x) => x + 1);
let f1 = fn((x, y = 2) => x * y);
let r0 = /b(c)?/g;
let G0 = function* (x) {
  yield x;
  yield x + 1;
};
class Plain {
  of = 1;
  get twice() {
    return this.of * 2;
  }
}
let C0 = Plain; /** One of the generators that G0 is by then, and of the objects of C0. */
function* gen(x) {
  tick();
  if (depth > 3) return x;
  depth++;
  try {
    return yield* G0(x);
  } finally {
    depth--;
  }
}
const make = fn((x) => new C0(x));
// What callbacks and loops name so.
const [x, y, z] = [7, 'y', 0];

/** What a program has said and made, each part by itself: some of it is only now worked out. */
function everything() {
  const made = [n0, n1, n2, s0, s1, b0, b1, a0, a1, g0, o0, m0, u0, d0, r0].map((one) => () => one);
  const works = [() => f0(3), () => f1(2, 3), () => [...take(gen(1), 4)], () => make()];
  return [() => log, ...made, ...works].map((part) => {
    budget = 200;
    depth = 0;
    try {
      return show(part());
    } catch (thrown) {
      return told(thrown);
    }
  });
}
