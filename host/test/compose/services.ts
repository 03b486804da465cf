import { componentEmbed, componentNew, parse } from '@bytecodealliance/jco-transpile/wasm-tools';

/**
 * A generated service. It exports `api`, whose answers depend on its number, on what it has counted so far and
 * on what the services that it imports answer: so results show who called whom, and who is shared.
 */
export interface GeneratedService {
  readonly version: string;
  /** The version on its track that its importers ask for; `version` if absent. */
  readonly asked?: string;
  /** The services that it imports, by number. */
  readonly imports: readonly number[];
  /** Whether its interface owns a resource. */
  readonly resource: boolean;
}

/** Neighbours export the same contract: in versions of different tracks, or of another name. */
function packageOf(at: number): string {
  return `gen:svc${at >> 1}`;
}

export function interfaceOf(at: number, { version }: GeneratedService): string {
  return `${packageOf(at)}/api@${version}`;
}

/** Under what name others import a service. */
export function importOf(at: number, { version, asked = version }: GeneratedService): string {
  return `${packageOf(at)}/api@${asked}`;
}

const factor = (at: number): number => 31 + 2 * at;

/** What stands for a cell that is made with `n`: small, since jco uses the upper bits itself. */
export function representation(at: number, n: number): number {
  return (n & 1023) * 3 + at + 1;
}

const built = new Map<string, Promise<Uint8Array>>();

/** Every service as a component: hand-written core modules, which `wit-component` turns into components. */
export async function buildServices(services: readonly GeneratedService[]): Promise<Uint8Array[]> {
  return await Promise.all(
    services.map((_, at) => {
      const [module, witSource] = [moduleOf(services, at), witOf(services, at)];
      const key = `${module}${witSource}`;
      const component = built.get(key) ?? buildService(module, witSource);
      built.set(key, component);
      return component;
    }),
  );
}

async function buildService(module: string, witSource: string): Promise<Uint8Array> {
  const binary = await parse(module);
  return await componentNew(await componentEmbed({ binary, witSource, world: 'gen:worlds/w' }));
}

/** A service's world, and the packages that it names. */
function witOf(services: readonly GeneratedService[], at: number): string {
  const own = services[at]!;
  const imports = own.imports.map((one) => [importOf(one, services[one]!), services[one]!] as const);
  const contracts = new Map([...imports, [interfaceOf(at, own), own] as const]);
  const packages = [...contracts].map(
    ([name, service]) => `package ${name.replace('/api', '')} {
  interface api {
    record point { x: u32, y: s64 }
    variant choice { none, num(u32), at(point) }
    ${service.resource ? 'resource cell { constructor(n: u32); get: func() -> u32; }' : ''}
    num: func(n: u32) -> u32;
    pick: func(c: choice) -> point;
    text: func(s: string) -> string;
    many: func(l: list<choice>) -> list<point>;
  }
}`,
  );
  const imported = imports.map(([name]) => `import ${name};`);
  const world = `world w { ${imported.join(' ')} export ${interfaceOf(at, own)}; }`;
  return `package gen:root;\n${packages.join('\n')}\npackage gen:worlds { ${world} }`;
}

function moduleOf(services: readonly GeneratedService[], at: number): string {
  const own = services[at]!;
  const id = interfaceOf(at, own);
  const imports = own.imports.map((one) => {
    const from = importOf(one, services[one]!);
    const cell = `
  (import "${from}" "[constructor]cell" (func $new${one} (param i32) (result i32)))
  (import "${from}" "[method]cell.get" (func $get${one} (param i32) (result i32)))
  (import "${from}" "[resource-drop]cell" (func $drop${one} (param i32)))`;
    return `
  (import "${from}" "num" (func $num${one} (param i32) (result i32)))
  (import "${from}" "pick" (func $pick${one} (param i32 i32 i64 i32)))
  (import "${from}" "text" (func $text${one} (param i32 i32 i32)))
  (import "${from}" "many" (func $many${one} (param i32 i32 i32)))${services[one]!.resource ? cell : ''}`;
  });
  const calls = own.imports.map(
    (one) => `
    (local.set $r (i32.add (local.get $r) (call $num${one} (i32.add (local.get $n) (i32.const ${at})))))${
      services[one]!.resource
        ? `
    (local.set $cell (call $new${one} (local.get $r)))
    (local.set $r (i32.add (local.get $r) (call $get${one} (local.get $cell))))
    (call $drop${one} (local.get $cell))`
        : ''
    }`,
  );
  const [first] = own.imports;
  return `(module${imports.join('')}
  ${own.resource ? `(import "[export]${id}" "[resource-new]cell" (func $make (param i32) (result i32)))` : ''}
  (memory (export "memory") 16)
  (global $top (mut i32) (i32.const 1024))
  (global $count (mut i32) (i32.const 0))
  (func $realloc (export "cabi_realloc") (param $old i32) (param $size i32) (param $align i32) (param $new i32) (result i32)
    (local $to i32)
    (local.set $to (i32.and (i32.add (global.get $top) (i32.const 15)) (i32.const -16)))
    (global.set $top (i32.add (local.get $to) (local.get $new)))
    (memory.copy (local.get $to) (local.get $old)
      (select (local.get $size) (local.get $new) (i32.lt_u (local.get $size) (local.get $new))))
    (local.get $to))
  (func (export "${id}#num") (param $n i32) (result i32) (local $r i32) (local $cell i32)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (local.set $r (i32.add (i32.mul (local.get $n) (i32.const ${factor(at)}))
      (i32.add (i32.const ${at}) (global.get $count))))${calls.join('')}
    (local.get $r))
  (func (export "${id}#pick") (param $tag i32) (param $a i32) (param $b i64) (result i32)
    (local $x i32) (local $y i64) (local $to i32)
    (local.set $x (i32.add (i32.mul (local.get $a) (i32.const ${factor(at)})) (local.get $tag)))
    (local.set $y (i64.sub (local.get $b) (i64.const ${at})))
    (local.set $to (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 16)))
    ${
      first === undefined
        ? '(i32.store (local.get $to) (local.get $x)) (i64.store offset=8 (local.get $to) (local.get $y))'
        : `(call $pick${first} (i32.const 2) (local.get $x) (local.get $y) (local.get $to))`
    }
    (local.get $to))
  (func (export "${id}#text") (param $s i32) (param $l i32) (result i32) (local $to i32) (local $ret i32)
    (local.set $to (call $realloc (i32.const 0) (i32.const 0) (i32.const 1) (i32.add (local.get $l) (i32.const 1))))
    (i32.store8 (local.get $to) (i32.const ${97 + (at % 26)}))
    (memory.copy (i32.add (local.get $to) (i32.const 1)) (local.get $s) (local.get $l))
    (local.set $ret (call $realloc (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 8)))
    ${
      first === undefined
        ? '(i32.store (local.get $ret) (local.get $to)) (i32.store offset=4 (local.get $ret) (i32.add (local.get $l) (i32.const 1)))'
        : `(call $text${first} (local.get $to) (i32.add (local.get $l) (i32.const 1)) (local.get $ret))`
    }
    (local.get $ret))
  (func (export "${id}#many") (param $from i32) (param $l i32) (result i32)
    (local $n i32) (local $to i32) (local $ret i32) (local $c i32) (local $x i32) (local $y i64)
    (local.set $ret (call $realloc (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 8)))
    (local.set $to (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (i32.mul (local.get $l) (i32.const 24))))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $n) (local.get $l)))
      (local.set $c (i32.add (local.get $from) (i32.mul (local.get $n) (i32.const 24))))
      (local.set $x (i32.const 0)) (local.set $y (i64.const 0))
      (if (i32.load8_u (local.get $c)) (then (local.set $x (i32.load offset=8 (local.get $c)))))
      (if (i32.eq (i32.load8_u (local.get $c)) (i32.const 2)) (then (local.set $y (i64.load offset=16 (local.get $c)))))
      (local.set $x (i32.add (i32.mul (local.get $x) (i32.const ${factor(at)})) (i32.load8_u (local.get $c))))
      (local.set $y (i64.sub (local.get $y) (i64.const ${at})))
      ${
        first === undefined
          ? `(local.set $c (i32.add (local.get $to) (i32.mul (local.get $n) (i32.const 16))))
      (i32.store (local.get $c) (local.get $x)) (i64.store offset=8 (local.get $c) (local.get $y))`
          : `(local.set $c (i32.add (local.get $to) (i32.mul (local.get $n) (i32.const 24))))
      (i32.store8 (local.get $c) (i32.const 2))
      (i32.store offset=8 (local.get $c) (local.get $x)) (i64.store offset=16 (local.get $c) (local.get $y))`
      }
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br $next)))
    ${
      first === undefined
        ? '(i32.store (local.get $ret) (local.get $to)) (i32.store offset=4 (local.get $ret) (local.get $l))'
        : `(call $many${first} (local.get $to) (local.get $l) (local.get $ret))`
    }
    (local.get $ret))
  ${
    own.resource
      ? `(func (export "${id}#[constructor]cell") (param $n i32) (result i32)
    (call $make (i32.add (i32.mul (i32.and (local.get $n) (i32.const 1023)) (i32.const 3)) (i32.const ${at + 1}))))
  (func (export "${id}#[method]cell.get") (param $rep i32) (result i32)
    (i32.add (local.get $rep) (global.get $count)))`
      : ''
  }
)`;
}

/** What the first service answers when each service exists once: the same arithmetic as in the modules. */
export class Model {
  private readonly counts: number[];
  private readonly services: readonly GeneratedService[];

  constructor(services: readonly GeneratedService[]) {
    this.services = services;
    this.counts = services.map(() => 0);
  }

  num(n: number, at = 0): number {
    const count = (this.counts[at] = this.counts[at]! + 1);
    let r = Math.imul(n, factor(at)) + at + count;
    for (const one of this.services[at]!.imports) {
      r = (r + this.num((n + at) | 0, one)) | 0;
      if (this.services[one]!.resource) r = (r + representation(one, r) + this.counts[one]!) | 0;
    }
    return r >>> 0;
  }

  pick(tag: number, a: number, b: bigint, at = 0): { x: number; y: bigint } {
    const x = (Math.imul(a, factor(at)) + tag) | 0;
    const y = b - BigInt(at);
    const [first] = this.services[at]!.imports;
    return first === undefined ? { x: x >>> 0, y } : this.pick(2, x, y, first);
  }

  many(list: readonly (readonly [tag: number, a: number, b: bigint])[]): { x: number; y: bigint }[] {
    return list.map(([tag, a, b]) => this.pick(tag, a, b));
  }

  text(s: string, at = 0): string {
    const [first] = this.services[at]!.imports;
    const own = String.fromCharCode(97 + (at % 26)) + s;
    return first === undefined ? own : this.text(own, first);
  }
}
