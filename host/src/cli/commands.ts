import type { DefineCommand } from './command.ts';

/** All commands by name, in the order of the help. Each is a module that is loaded only where it is needed. */
const COMMANDS: Readonly<Record<string, () => Promise<DefineCommand>>> = {
  up: async () => (await import('./commands/up.ts')).defineUp,
  build: async () => (await import('./commands/build.ts')).defineBuild,
  check: async () => (await import('./commands/check.ts')).defineCheck,
  graph: async () => (await import('./commands/graph.ts')).defineGraph,
  types: async () => (await import('./commands/types.ts')).defineTypes,
  bench: async () => (await import('./commands/bench.ts')).defineBench,
  compose: async () => (await import('./commands/compose.ts')).defineCompose,
  inspect: async () => (await import('./commands/inspect.ts')).defineInspect,
  diff: async () => (await import('./commands/diff.ts')).defineDiff,
  outbox: async () => (await import('./commands/outbox.ts')).defineOutbox,
  push: async () => (await import('./commands/push.ts')).definePush,
  image: async () => (await import('./commands/image.ts')).defineImage,
  k8s: async () => (await import('./commands/k8s.ts')).defineK8s,
  doctor: async () => (await import('./commands/doctor.ts')).defineDoctor,
};

/**
 * The command that a command line names; all of them where it names none that there is, for help and for suggestions.
 * A command that only composes two files should not wait until those that serve an app are loaded.
 */
export async function commandsFor(args: readonly string[]): Promise<readonly DefineCommand[]> {
  const name = firstOperand(args);
  if (name !== undefined && Object.hasOwn(COMMANDS, name)) return [await COMMANDS[name]!()];
  return await Promise.all(Object.values(COMMANDS).map((load) => load()));
}

/** The first that is neither an option nor the value of one; of the global options only `--color` has a value. */
function firstOperand(args: readonly string[]): string | undefined {
  return args.find((arg, at) => !arg.startsWith('-') && args[at - 1] !== '--color');
}
