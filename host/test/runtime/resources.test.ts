import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { describe, expect, test } from 'vitest';
import { testUnits } from './harness.ts';

const units = testUnits();

/**
 * Three components: the owner of a resource whose objects are plain numbers, one that hands the owner's objects
 * on and can be lent them again, and one that asks. No host import, so that every handle is between guests.
 */
function chain(): Promise<Uint8Array> {
  return parse(`(component
  (component $Owner
    (type $thing' (resource (rep i32)))
    (export $thing "thing" (type $thing'))
    (core func $new (canon resource.new $thing'))
    (core func $rep (canon resource.rep $thing'))
    (core module $m
      (import "" "new" (func $new (param i32) (result i32)))
      (import "" "rep" (func $rep (param i32) (result i32)))
      (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
      (func (export "look") (param i32) (result i32) (local.get 0))
      (func (export "take") (param i32) (result i32) (call $rep (local.get 0))))
    (core instance $i (instantiate $m (with "" (instance (export "new" (func $new)) (export "rep" (func $rep))))))
    (func (export "make") (param "number" u32) (result (own $thing)) (canon lift (core func $i "make")))
    (func (export "look") (param "thing" (borrow $thing)) (result u32) (canon lift (core func $i "look")))
    (func (export "take") (param "thing" (own $thing)) (result u32) (canon lift (core func $i "take"))))

  (component $Middle
    (import "owner" (instance $owner
      (export "thing" (type $thing (sub resource)))
      (export "make" (func (param "number" u32) (result (own $thing))))
      (export "look" (func (param "thing" (borrow $thing)) (result u32)))))
    (alias export $owner "thing" (type $thing))
    (core func $make (canon lower (func $owner "make")))
    (core func $look (canon lower (func $owner "look")))
    (core func $drop (canon resource.drop $thing))
    (core module $m
      (import "" "make" (func $make (param i32) (result i32)))
      (import "" "look" (func $look (param i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "make") (param i32) (result i32) (call $make (local.get 0)))
      (func (export "look") (param $handle i32) (result i32)
        (call $look (local.get $handle))
        (call $drop (local.get $handle))))
    (core instance $i (instantiate $m (with "" (instance
      (export "make" (func $make)) (export "look" (func $look)) (export "drop" (func $drop))))))
    (func (export "make") (param "number" u32) (result (own $thing)) (canon lift (core func $i "make")))
    (func (export "look") (param "thing" (borrow $thing)) (result u32) (canon lift (core func $i "look"))))

  (component $Asker
    (import "owner" (instance $owner
      (export "thing" (type $thing (sub resource)))
      (export "look" (func (param "thing" (borrow $thing)) (result u32)))
      (export "take" (func (param "thing" (own $thing)) (result u32)))))
    (alias export $owner "thing" (type $thing))
    (import "middle" (instance $middle
      (export "make" (func (param "number" u32) (result (own $thing))))
      (export "look" (func (param "thing" (borrow $thing)) (result u32)))))
    (core func $look (canon lower (func $owner "look")))
    (core func $take (canon lower (func $owner "take")))
    (core func $make (canon lower (func $middle "make")))
    (core func $lend (canon lower (func $middle "look")))
    (core func $drop (canon resource.drop $thing))
    (core module $m
      (import "" "look" (func $look (param i32) (result i32)))
      (import "" "take" (func $take (param i32) (result i32)))
      (import "" "make" (func $make (param i32) (result i32)))
      (import "" "lend" (func $lend (param i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "own") (param i32) (result i32) (call $look (call $make (local.get 0))))
      (func (export "lend") (param i32) (result i32) (call $lend (call $make (local.get 0))))
      (func (export "give-back") (param i32) (result i32) (call $take (call $make (local.get 0))))
      (func (export "unknown") (param i32) (result i32)
        (drop (call $make (i32.const 5)))
        (call $look (local.get 0)))
      (func (export "dropped") (param i32) (result i32) (local $handle i32)
        (local.set $handle (call $make (local.get 0)))
        (call $drop (local.get $handle))
        (call $look (local.get $handle))))
    (core instance $i (instantiate $m (with "" (instance
      (export "look" (func $look)) (export "take" (func $take)) (export "make" (func $make))
      (export "lend" (func $lend)) (export "drop" (func $drop))))))
    ${['own', 'lend', 'give-back', 'unknown', 'dropped']
      .map(
        (name) =>
          `(func (export "${name}") (param "n" u32) (result u32) (canon lift (core func $i "${name}")))`,
      )
      .join('\n    ')})

  (instance $owner (instantiate $Owner))
  (instance $middle (instantiate $Middle (with "owner" (instance $owner))))
  (instance $asker (instantiate $Asker (with "owner" (instance $owner)) (with "middle" (instance $middle))))
  ${['own', 'lend', 'give-back', 'unknown', 'dropped'].map((name) => `(export "${name}" (func $asker "${name}"))`).join('\n  ')})`);
}

describe('resources between components', () => {
  test.each([0, 1, 7])('with the number %i are found by whoever has a handle', async (number) => {
    const unit = await units.start(await chain());
    for (const name of ['own', 'lend', 'give-back']) {
      expect([name, await unit.call(name, number)]).toEqual([name, { kind: 'result', value: number }]);
    }
  });

  test.each([0, 2, 1000])('are not found under the unknown handle %i', async (handle) => {
    const unit = await units.start(await chain());
    expect(await unit.call('unknown', handle)).toMatchObject({ kind: 'trap' });
    expect(await unit.call('own', 3)).toEqual({ kind: 'result', value: 3 });
  });

  test('are not found once dropped', async () => {
    const unit = await units.start(await chain());
    expect(await unit.call('dropped', 0)).toMatchObject({ kind: 'trap' });
    expect(await unit.call('dropped', 4)).toMatchObject({ kind: 'trap' });
  });
});
