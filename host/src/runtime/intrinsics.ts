/** An import object of a core module, as the glue passes it to `instantiateCore`. */
export type CoreImports = Readonly<Record<string, Readonly<Record<string, WebAssembly.ImportValue>>>>;

type CoreFunction = (...args: readonly unknown[]) => unknown;

/** A call from guest to guest that is under way. */
interface Frame {
  readonly caller: unknown;
  readonly calleeIsAsync: unknown;
  readonly callee: unknown;
  /** Whether the glue has been told of it. */
  told: boolean;
}

/** Groups of an adapter module's imports that never look at tasks. */
const TASKLESS: ReadonlySet<string> = new Set(['runtime', 'transcode', 'flags']);

export interface FastIntrinsics {
  /** The imports of a core module as it should get them. */
  replace(imports: CoreImports): CoreImports;
  /** To be told of each instance's exports, so that guests' functions are known from the glue's. */
  exported(exports: WebAssembly.Exports): void;
}

/**
 * Spares calls between guests the bookkeeping that only async tasks need. On every such call the glue builds two
 * task objects in `enter-sync-call`, which is most of what a call costs. Here the call is only noted; the glue is
 * told of it once the callee turns to the glue itself, by calling an import of the host, since such a call
 * belongs to a task. So the glue sees what it would see of itself, without the pairs of enter and exit between
 * which nothing happens. Calls of the host that do without tasks, marked `taskless` by glue-host-calls.ts, are
 * nothing to it either.
 *
 * The context slots, which adapters save and restore around a call, live in the glue's tasks, so they become
 * two variables. That is valid only where no guest uses them, nor anything else that is async: prepareUnit
 * decides by the component's canonical definitions.
 */
export function createFastIntrinsics(): FastIntrinsics {
  const guestFunctions = new WeakSet<object>();
  const frames: Frame[] = [];
  /** How many frames, from the bottom, the glue knows of. */
  let told = 0;
  let tell: CoreFunction | undefined;

  const tellAll = (): void => {
    for (; told < frames.length; told++) {
      const frame = frames[told] as Frame;
      frame.told = true;
      tell?.(frame.caller, frame.calleeIsAsync, frame.callee);
    }
  };

  let slot0: unknown = 0;
  let slot1: unknown = 0;
  const context = {
    get0: () => slot0,
    get1: () => slot1,
    set0: (value: unknown) => {
      slot0 = value;
    },
    set1: (value: unknown) => {
      slot1 = value;
    },
  };

  const calls = (stock: Readonly<Record<string, WebAssembly.ImportValue>>) => {
    tell = stock['enter-sync-call'] as CoreFunction;
    const leave = stock['exit-sync-call'] as CoreFunction;
    return {
      ...stock,
      'enter-sync-call': (caller: unknown, calleeIsAsync: unknown, callee: unknown) => {
        frames.push({ caller, calleeIsAsync, callee, told: false });
      },
      'exit-sync-call': () => {
        if (!frames.pop()?.told) return;
        told--;
        leave();
      },
    };
  };

  /** A function of the glue, which is told of the calls under way before it is called. */
  const telling = (original: CoreFunction): CoreFunction =>
    function toGlue(...args) {
      if (told < frames.length) tellAll();
      return original(...args);
    };

  const withTelling = (members: Readonly<Record<string, WebAssembly.ImportValue>>) =>
    Object.fromEntries(
      Object.entries(members).map(([name, member]) => [
        name,
        typeof member === 'function' && !guestFunctions.has(member) && !('taskless' in member)
          ? telling(member as CoreFunction)
          : member,
      ]),
    );

  return {
    replace(imports) {
      const isAdapter = imports['async']?.['enter-sync-call'] !== undefined;
      return Object.fromEntries(
        Object.entries(imports).map(([group, members]) => {
          if (isAdapter && group === 'async') return [group, calls(members)];
          if (isAdapter && group === 'context') return [group, { ...members, ...context }];
          if (isAdapter && TASKLESS.has(group)) return [group, members];
          return [group, withTelling(members)];
        }),
      );
    },
    exported(exports) {
      for (const value of Object.values(exports)) if (typeof value === 'function') guestFunctions.add(value);
    },
  };
}
