/**
 * Makes the engine's built-in functions while the component is built, so that they are part of the snapshot.
 *
 * QuickJS makes each built-in function the first time that somebody looks at it, and every event starts from the
 * snapshot: without this each event would make again whatever it uses, which was a third of the work of a small
 * one. Looking at a property's descriptor is enough; it calls nothing, and no program can see a difference.
 *
 * The build takes this function's text: it may use nothing outside of itself.
 */
export function makeBuiltins(): void {
  const { getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
  const iterator = getPrototypeOf([].values());
  const owners: unknown[] = [
    globalThis,
    JSON,
    Math,
    Reflect,
    iterator,
    getPrototypeOf(iterator as object),
    getPrototypeOf(getPrototypeOf((function* () {})()) as object),
  ];
  const constructors = [Array, ArrayBuffer, Boolean, Date, Error, Function, Map, Number, Object];
  const others = [RangeError, RegExp, Set, String, Symbol, TypeError, Uint8Array, getPrototypeOf(Uint8Array)];
  for (const constructor of [...constructors, ...others]) {
    owners.push(constructor, (constructor as typeof Array).prototype);
  }
  for (const owner of owners) {
    for (const key of ownKeys(owner as object)) getOwnPropertyDescriptor(owner as object, key);
  }
}
