import * as fc from 'fast-check';
import { code, some, word, type Code } from './code.ts';
import { expressions } from './expressions.ts';
import { number } from './literals.ts';

const { num, str, bool, list, big, object, map, date, re, lines, rule } = expressions;

const assign: readonly Code[] = [
  code`${word('n0 n1 n2')} ${word('= += -= *= = =')} ${num};`,
  code`${word('s0 s1')} = cap(${str});`,
  code`${word('b0 b1')} = ${bool};`,
  code`${word('a0 a1')} = capArray(${list});`,
  code`g0 = capBig(${big});`,
  code`o0 = capObject(${object});`,
  code`m0.set(${str}, ${num});`,
  code`d0 = ${date};`,
  code`r0 = ${re};`,
  code`[n0, n1 = ${number}, ...a0] = ${list};`,
  code`({ a: n1 = ${number}, b: s1 = 'none', ...o0 } = ${object}); o0 = capObject(o0); s1 = cap(String(s1)); n1 = Number(n1);`,
  code`u0[${num} & 15] = ${num};`,
  code`u0.set(${list}.slice(0, 8), ${num} & 7);`,
  code`new DataView(u0.buffer).set${word('Int16 Uint32 Int8')}(${num} & 7, ${num}, ${bool});`,
  code`new DataView(u0.buffer).setFloat64(${num} & 7, rank(${num}) / 3, ${bool});`,
  code`new DataView(u0.buffer).setBigInt64(${num} & 7, ${big});`,
  code`a0.${word('push unshift')}(${num}); a0 = capArray(a0);`,
  code`a0.${word('pop() shift() reverse() sort() fill(1,2)')};`,
  code`a1.length = ${num} & 7;`,
];

const said: readonly Code[] = [
  code`say(cap(show(${fc.oneof(num, str, bool, list, big, object, map, date, re)})));`,
  code`say(cap(show(quote(${lines}, ${rule}))));`,
];

const thrown: readonly Code[] = [
  code`throw fail(cap(${str}));`,
  code`throw ${num};`,
  code`null.nothing;`,
  code`if (${bool}) throw new TypeError(${str}, { cause: ${num} });`,
  code`try { [2, 1].concat(${list}).sort(() => { throw fail('compared') }) } catch (e) { note(e); }`,
];

/** What is left behind when the event is over; a next one must find nothing of it. */
const left: readonly Code[] = [
  code`globalThis.left = (globalThis.left ?? 0) + 1; say(globalThis.left);`,
  code`say(ask('keep', whole(cap(${str}))));`,
  code`Array.prototype.left = ${num}; say([].left); delete Array.prototype.left;`,
  code`Object.defineProperty(globalThis, 'fixed', { value: ${num} }); say(fixed);`,
  code`Math.left = Symbol.for('left'); RegExp.left = r0; Map.left = m0;`,
];

const grown: Code = code`try { say(grow(${fc.constantFrom('64', '1024', '6144')}, ${num} & 255)); } catch (e) { note(e); }`;

const { block } = fc.letrec<{ block: string; statement: string; body: string }>((tie) => {
  const body = tie('body') as Code;
  const nested: readonly Code[] = [
    code`if (${bool}) { ${body} } else { ${body} }`,
    code`for (let x = 0; x < ${word('2 3 5')} && tick(); x++) { ${body} }`,
    code`for (let x of ${list}) { tick(); ${body} }`,
    code`for (const y of ${str}) { tick(); s0 = cap(s0 + y); ${body} }`,
    code`for (const [y, x] of [...${map}]) { tick(); ${body} }`,
    code`for (const y in ${object}) { tick(); say(y); ${body} }`,
    code`for (const x of take(gen(${num}), 4)) { tick(); if (${bool}) break; ${body} }`,
    code`(() => { out: for (const x of ${list}) { for (const z of ${list}) { tick(); if (${bool}) continue out; if (${bool}) break out; ${body} } } })();`,
    code`{ let x = ${num}; while (x-- > 0 && tick()) { if (${bool}) break; ${body} x = Math.min(x, 4); } }`,
    code`do { tick(); ${body} } while (${bool} && (n2 & 3) !== 1 && n2++ < 9);`,
    code`switch (${num} & 3) { case 0: ${body} case 1: ${body} break; case ${num}: break; default: ${body} }`,
    code`try { ${body} } catch (e) { note(e); ${body} }`,
    code`try { ${body} } catch { s0 += '!'; } finally { ${body} }`,
    code`{ const fs = []; for (let x = 0; x < 4; x++) fs.push(() => { ${body} return ${num}; }); n0 = fs.map((one) => one()).length; }`,
    code`f0 = fn((x) => ${num});`,
    code`f0 = fn((x) => { ${body} return x <= 0 ? ${num} : f0(x - 1) + ${num}; });`,
    code`f1 = fn(function (x, y = ${num}) { ${body} return arguments.length + y; });`,
    code`{ let x = ${num}; f0 = fn((z) => (x += z) + ${num}); }`,
    code`G0 = function* (x) { try { for (let z = 0; z < 5; z++) { const y = yield ${num}; if (y === 2) return x; ${body} } } finally { say('closed'); } };`,
    code`G0 = function* (x) { yield* ${list}; ${body} yield* take([x, ${num}], 2); };`,
    code`{ const it = gen(${num}); say(show([it.next(), it.next(${num}), it.next(2), it.return(${num}), it.next()])); }`,
    code`{ const it = gen(${num}); it.next(); try { it.throw(fail('in')); } catch (e) { note(e); } }`,
    code`C0 = class extends base() { #own = ${num}; static made = 0; constructor(x) { super(x); this.of = x ?? this.#own; C0.made++; } get twice() { return super.twice + this.#own; } };`,
    code`{ class E extends RangeError { get said() { return calm(() => cap(${str})); } } try { ${body} throw new E(); } catch (e) { note(e); } }`,
    code`{ const w = new WeakMap([[o0, ${num}]]); say(show([w.get(o0), w.has({})])); }`,
    code`{ const p = new Proxy({}, { has: () => calm(() => ${bool}), get: (x, z) => String(z) + calm(() => ${str}), set: () => calm(() => { ${body} return true; }) }); p.one = 1; say(cap(show(['a' in p, p.two]))); }`,
    code`(() => { ${body} })();`,
  ];
  return {
    statement: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      { weight: 6, arbitrary: fc.oneof(...assign) },
      { weight: 3, arbitrary: fc.oneof(...said) },
      { weight: 1, arbitrary: fc.oneof(...thrown) },
      { weight: 1, arbitrary: fc.oneof(...left) },
      { weight: 8, arbitrary: fc.oneof(...nested) },
    ),
    body: some(tie('statement') as Code, 1, 2, ' '),
    // What is thrown in one is told, and the next one goes on.
    block: code`try { ${tie('statement')} } catch (e) { note(e); }`,
  };
});

/** A statement of a program, with all that is in it. */
export const statement: Code = fc.oneof({ weight: 60, arbitrary: block }, { weight: 1, arbitrary: grown });
