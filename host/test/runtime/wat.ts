import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';

/** The interface that the bindings double provides: resources to hold, and a count to change and commit. */
const HOST_IMPORT = `
  (import "test:host/things@1.0.0" (instance $host
    (export "thing" (type $thing (sub resource)))
    (export "[static]thing.open" (func (result (own $thing))))
    (export "write" (func (param "value" u32)))
    (export "wait" (func (param "value" u32)))
    (export "die" (func))))
  (alias export $host "thing" (type $thing))
  (core func $open (canon lower (func $host "[static]thing.open")))
  (core func $drop (canon resource.drop $thing))
  (core func $write (canon lower (func $host "write")))
  (core func $wait (canon lower (func $host "wait")))
  (core func $die (canon lower (func $host "die")))`;

const CORE_HOST = `
    (import "host" "open" (func $open (result i32)))
    (import "host" "drop" (func $drop (param i32)))
    (import "host" "write" (func $write (param i32)))
    (import "host" "wait" (func $wait (param i32)))
    (import "host" "die" (func $die))`;

interface Exported {
  readonly name: string;
  /** Core and component parameter and result types, `u32` each. */
  readonly params?: readonly string[];
  readonly result?: boolean;
  /** Core code of the body. */
  readonly body: string;
  readonly locals?: string;
}

/** A component of one core module whose functions take and give u32, for provoking one thing each. */
export async function component(functions: readonly Exported[], state = ''): Promise<Uint8Array> {
  const core = functions.map(
    ({ name, params = [], result = true, body, locals = '' }) =>
      `(func (export "${name}") ${params.map((p) => `(param $${p} i32)`).join(' ')} ${result ? '(result i32)' : ''} ${locals} ${body})`,
  );
  const lifted = functions.map(
    ({ name, params = [], result = true }) =>
      `(func (export "${name}") ${params.map((p) => `(param "${p}" u32)`).join(' ')} ${result ? '(result u32)' : ''} (canon lift (core func $i "${name}")))`,
  );
  return parse(`(component ${HOST_IMPORT}
  (core module $m ${CORE_HOST} ${state} ${core.join('\n')})
  (core instance $i (instantiate $m (with "host" (instance
    (export "open" (func $open)) (export "drop" (func $drop)) (export "write" (func $write)) (export "wait" (func $wait)) (export "die" (func $die))))))
  ${lifted.join('\n')})`);
}

/** What can happen to an event, by function. */
export function mishaps(): Promise<Uint8Array> {
  return component(
    [
      // Each counts in memory and in a global that the module does not export: 1 + 1000 on fresh state.
      {
        name: 'count',
        body: `(i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))
          (global.set $hidden (i32.add (global.get $hidden) (i32.const 1000)))
          (i32.add (i32.load (i32.const 8)) (global.get $hidden))`,
      },
      { name: 'grow', params: ['pages'], body: '(memory.grow (local.get $pages))' },
      { name: 'size', body: 'memory.size' },
      { name: 'loop', result: false, body: '(loop $l (br $l))' },
      { name: 'trap', result: false, body: '(global.set $hidden (i32.const 7)) unreachable' },
      { name: 'divide', params: ['by'], body: '(i32.div_u (i32.const 1) (local.get $by))' },
      { name: 'recurse', result: false, body: 'call $forever' },
      {
        name: 'hoard',
        result: false,
        body: '(loop $l (br_if $l (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable',
      },
      {
        name: 'keep',
        params: ['n'],
        body: '(loop $l (drop (call $open)) (local.set $n (i32.sub (local.get $n) (i32.const 1))) (br_if $l (local.get $n))) (call $open)',
      },
      {
        name: 'use',
        params: ['n'],
        locals: '(local $a i32) (local $b i32)',
        body: `(loop $l
            (local.set $a (call $open)) (local.set $b (call $open))
            (call $drop (local.get $a)) (call $drop (local.get $b))
            (local.set $n (i32.sub (local.get $n) (i32.const 1))) (br_if $l (local.get $n)))
          (local.set $a (call $open)) (call $drop (local.get $a)) (local.get $a)`,
      },
      { name: 'write', params: ['value'], body: '(call $write (local.get $value)) (local.get $value)' },
      {
        name: 'write-and-trap',
        params: ['value'],
        result: false,
        body: '(call $write (local.get $value)) unreachable',
      },
      {
        name: 'write-and-loop',
        params: ['value'],
        result: false,
        body: '(call $write (local.get $value)) (loop $l (br $l))',
      },
      { name: 'wait', params: ['value'], body: '(call $wait (local.get $value)) (local.get $value)' },
      { name: 'die', result: false, body: 'call $die' },
    ],
    '(memory (export "memory") 1) (global $hidden (mut i32) (i32.const 0)) (func $forever (call $forever))',
  );
}

/** State that copying memories and globals back would not bring back: a table entry that an event overwrites. */
export function tableChanger(): Promise<Uint8Array> {
  return component(
    [
      {
        name: 'count',
        body: `(call_indirect (result i32) (i32.const 0))
          (table.set (i32.const 0) (ref.func $two))`,
      },
    ],
    `(table 1 funcref) (elem (i32.const 0) func $one) (elem declare func $two)
     (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))`,
  );
}

/** Likewise: a passive segment that an event drops, so that the next could not read it. */
export function segmentDropper(): Promise<Uint8Array> {
  return component(
    [
      {
        name: 'count',
        body: `(memory.init $d (i32.const 0) (i32.const 0) (i32.const 1)) (data.drop $d) (i32.load8_u (i32.const 0))`,
      },
    ],
    '(memory 1) (data $d "\\2a")',
  );
}

/**
 * Two components, each with a memory of its own, one calling the other with a string through adapters; the
 * callee calls the host in turn, with the weight of the string.
 */
export function composed(): Promise<Uint8Array> {
  const memory = `(memory (export "memory") 1) (global $at (mut i32) (i32.const 1024))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (global.get $at) (global.set $at (i32.add (global.get $at) (i32.add (local.get 3) (i32.const 8)))))`;
  return parse(`(component
  (import "test:host/things@1.0.0" (instance $host (export "write" (func (param "value" u32)))))
  (component $Provider
    (import "write" (func $write (param "value" u32)))
    (core func $write (canon lower (func $write)))
    (core module $m
      (import "host" "write" (func $write (param i32)))
      ${memory}
      (global $calls (mut i32) (i32.const 0))
      (func (export "weigh") (param $p i32) (param $n i32) (param $k i32) (result i32) (local $sum i32)
        (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (block $done (loop $next
          (br_if $done (i32.eqz (local.get $n)))
          (local.set $sum (i32.add (local.get $sum) (i32.load8_u (local.get $p))))
          (local.set $p (i32.add (local.get $p) (i32.const 1)))
          (local.set $n (i32.sub (local.get $n) (i32.const 1)))
          (br $next)))
        (call $write (local.get $sum))
        (i32.add (i32.mul (local.get $sum) (local.get $k)) (global.get $calls))))
    (core instance $i (instantiate $m (with "host" (instance (export "write" (func $write))))))
    (func (export "weigh") (param "text" string) (param "factor" u32) (result u32)
      (canon lift (core func $i "weigh") (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))
  (component $Importer
    (import "weigh" (func $weigh (param "text" string) (param "factor" u32) (result u32)))
    (core module $libc ${memory})
    (core instance $libc (instantiate $libc))
    (core func $weigh (canon lower (func $weigh) (memory (core memory $libc "memory")) (realloc (core func $libc "realloc"))))
    (core module $m
      (import "libc" "memory" (memory 1))
      (import "host" "weigh" (func $weigh (param i32 i32 i32) (result i32)))
      (func (export "twice") (param $p i32) (param $n i32) (param $k i32) (result i32)
        (i32.add
          (call $weigh (local.get $p) (local.get $n) (local.get $k))
          (call $weigh (local.get $p) (local.get $n) (i32.const 1)))))
    (core instance $i (instantiate $m
      (with "libc" (instance $libc))
      (with "host" (instance (export "weigh" (func $weigh))))))
    (func (export "twice") (param "text" string) (param "factor" u32) (result u32)
      (canon lift (core func $i "twice") (memory (core memory $libc "memory")) (realloc (core func $libc "realloc")))))
  (instance $provider (instantiate $Provider (with "write" (func $host "write"))))
  (instance $importer (instantiate $Importer (with "weigh" (func $provider "weigh"))))
  (export "twice" (func $importer "twice")))`);
}

/** `fail: func(n: u32) -> result<u32, u32>`: writes n, then returns it, as an error unless it is 0. */
export function failing(): Promise<Uint8Array> {
  return parse(`(component
  (import "test:host/things@1.0.0" (instance $host (export "write" (func (param "value" u32)))))
  (core func $write (canon lower (func $host "write")))
  (core module $m
    (import "host" "write" (func $write (param i32)))
    (memory (export "memory") 1)
    (func (export "fail") (param $n i32) (result i32)
      (call $write (local.get $n))
      (i32.store8 (i32.const 16) (i32.ne (local.get $n) (i32.const 0)))
      (i32.store (i32.const 20) (local.get $n))
      (i32.const 16)))
  (core instance $i (instantiate $m (with "host" (instance (export "write" (func $write))))))
  (func (export "fail") (param "n" u32) (result (result u32 (error u32)))
    (canon lift (core func $i "fail") (memory (core memory $i "memory")))))`);
}
