import type { Binding } from '../bindings/binding.ts';
import { problem } from '../diagnostics/error.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * The imports of a unit in the form of the glue, which knows interfaces without their versions. For each
 * import the binding of the very same id is taken, else one on the same semver track. What no binding provides
 * becomes functions that throw `runtime/missing-import` when called: a toolchain imports more than a service
 * ever uses.
 *
 * @param wanted interface ids with versions, as the component imports them
 */
export function importsFor(wanted: readonly string[], bindings: readonly Binding[]): Record<string, Members> {
  const provided = new Map<string, Members>();
  for (const binding of bindings) {
    for (const [id, members] of Object.entries(binding.imports)) {
      provided.set(id, { ...provided.get(id), ...members });
    }
  }
  const found = new Map<string, Members>();
  for (const id of wanted) {
    const key = nameOf(id);
    const members = provided.get(id) ?? onSameTrack(id, provided);
    found.set(key, { ...found.get(key), ...members });
  }
  const ids = new Map(wanted.map((id) => [nameOf(id), id]));
  return Object.fromEntries(
    [...found].map(([key, members]) => [key, trapping(ids.get(key) ?? key, members)]),
  );
}

/** `wasi:io/streams@0.2.12` → `wasi:io/streams`. */
function nameOf(id: string): string {
  const at = id.lastIndexOf('@');
  return at === -1 ? id : id.slice(0, at);
}

/** What versions on one track have in common: the major, or where that is 0 the minor; prereleases stand alone. */
function trackOf(id: string): string | undefined {
  const match = /^(.*)@(?:0\.(\d+)\.\d+|([1-9]\d*)\.\d+\.\d+)$/.exec(id);
  if (!match) return undefined;
  return match[2] === undefined ? `${match[1]}@${match[3]}` : `${match[1]}@0.${match[2]}`;
}

function onSameTrack(id: string, provided: ReadonlyMap<string, Members>): Members | undefined {
  const track = trackOf(id);
  if (track === undefined) return undefined;
  for (const [other, members] of provided) if (trackOf(other) === track) return members;
  return undefined;
}

/** The members, and for every other name a function or class that throws when used. */
function trapping(id: string, members: Members): Members {
  return new Proxy(members, {
    get(target, name) {
      if (typeof name === 'symbol' || name in target) return Reflect.get(target, name);
      return missing(id, name);
    },
  });
}

function missing(id: string, name: string): unknown {
  const refuse = (member: string) => () => {
    throw problem('runtime/missing-import', `${id}#${member} was called, but nothing provides it`, {
      where: id,
    });
  };
  if (!/^[A-Z]/.test(name)) return refuse(name);
  return new Proxy(function missingClass() {}, {
    get: (target, member) =>
      typeof member === 'symbol' || member === 'prototype'
        ? Reflect.get(target, member)
        : refuse(`${name}.${member}`),
  });
}
