/** An import object of a core module, as the glue passes it to `instantiateCore`. */
export type CoreImports = Readonly<Record<string, Readonly<Record<string, WebAssembly.ImportValue>>>>;

/**
 * Replaces the bookkeeping of calls between guests in the import object of an adapter module. The glue builds
 * two task objects on every such call, in `enter-sync-call` and `exit-sync-call`, which only async tasks need;
 * the context slots, which adapters save and restore around a call, live in those tasks, so both groups are
 * replaced together.
 *
 * Valid only for a component without async canonical definitions: prepareUnit decides.
 */
export function createFastIntrinsics(): (imports: CoreImports) => CoreImports {
  let slot0: unknown = 0;
  let slot1: unknown = 0;
  const nothing = (): void => {};
  const replaced: Readonly<Record<string, Readonly<Record<string, WebAssembly.ImportValue>>>> = {
    async: { 'enter-sync-call': nothing, 'exit-sync-call': nothing },
    context: {
      get0: () => slot0,
      get1: () => slot1,
      set0: (value: unknown) => {
        slot0 = value;
      },
      set1: (value: unknown) => {
        slot1 = value;
      },
    },
  };
  return (imports) => {
    // `async` holds both functions in every adapter module and nowhere else; a guest's own import of a module
    // of that name comes without them.
    if (imports['async']?.['enter-sync-call'] === undefined) return imports;
    const result: Record<string, Readonly<Record<string, WebAssembly.ImportValue>>> = { ...imports };
    for (const [group, members] of Object.entries(replaced)) {
      if (imports[group]) result[group] = { ...imports[group], ...members };
    }
    return result;
  };
}
