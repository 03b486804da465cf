/** What is found out about an object once, however often it is asked for: it is at every step, and of several services. */
export function once<K extends object, T>(read: (of: K) => T): (of: K) => T {
  const known = new WeakMap<K, { readonly value: T }>();
  return (of) => {
    let found = known.get(of);
    if (!found) known.set(of, (found = { value: read(of) }));
    return found.value;
  };
}
