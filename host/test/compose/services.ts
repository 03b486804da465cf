import { componentEmbed, componentNew, parse } from '@bytecodealliance/jco-transpile/wasm-tools';

/**
 * A generated service. It exports `api`, whose answers depend on its number, on what it has counted so far and
 * on what the services that it imports answer: so results show who called whom, and who is shared.
 */
export interface GeneratedService {
  readonly version: string;
  /** The services that it imports, by number. */
  readonly imports: readonly number[];
  /** Whether its interface owns a resource. */
  readonly resource: boolean;
}

export function interfaceOf(at: number, { version }: GeneratedService): string {
  return `gen:svc${at}/api@${version}`;
}

const factor = (at: number): number => 31 + 2 * at;

/** What stands for a cell that is made with `n`: small, since jco uses the upper bits itself. */
export function representation(at: number, n: number): number {
  return (n & 1023) * 3 + at + 1;
}

/** Every service as a component: hand-written core modules, which `wit-component` turns into components. */
export async function buildServices(services: readonly GeneratedService[]): Promise<Uint8Array[]> {
  const witSource = witOf(services);
  return await Promise.all(
    services.map(async (_, at) => {
      const binary = await parse(moduleOf(services, at));
      return await componentNew(await componentEmbed({ binary, witSource, world: `gen:worlds/w${at}` }));
    }),
  );
}

function witOf(services: readonly GeneratedService[]): string {
  const packages = services.map(
    (service, at) => `package gen:svc${at}@${service.version} {
  interface api {
    record point { x: u32, y: s64 }
    variant choice { none, num(u32), at(point) }
    ${service.resource ? 'resource cell { constructor(n: u32); get: func() -> u32; }' : ''}
    num: func(n: u32) -> u32;
    pick: func(c: choice) -> point;
    text: func(s: string) -> string;
  }
}`,
  );
  const worlds = services.map((service, at) => {
    const imports = service.imports.map((one) => `import ${interfaceOf(one, services[one]!)};`);
    return `world w${at} { ${imports.join(' ')} export ${interfaceOf(at, service)}; }`;
  });
  return `package gen:root;\n${packages.join('\n')}\npackage gen:worlds { ${worlds.join('\n')} }`;
}

function moduleOf(services: readonly GeneratedService[], at: number): string {
  const own = services[at]!;
  const id = interfaceOf(at, own);
  const imports = own.imports.map((one) => {
    const from = interfaceOf(one, services[one]!);
    const cell = `
  (import "${from}" "[constructor]cell" (func $new${one} (param i32) (result i32)))
  (import "${from}" "[method]cell.get" (func $get${one} (param i32) (result i32)))
  (import "${from}" "[resource-drop]cell" (func $drop${one} (param i32)))`;
    return `
  (import "${from}" "num" (func $num${one} (param i32) (result i32)))
  (import "${from}" "pick" (func $pick${one} (param i32 i32 i64 i32)))
  (import "${from}" "text" (func $text${one} (param i32 i32 i32)))${services[one]!.resource ? cell : ''}`;
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

  text(s: string, at = 0): string {
    const [first] = this.services[at]!.imports;
    const own = String.fromCharCode(97 + (at % 26)) + s;
    return first === undefined ? own : this.text(own, first);
  }
}
