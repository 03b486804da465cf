import type { Command } from 'commander';
import type { Output } from './output.ts';

/** What a command is given beside its own options. */
export interface CommandContext {
  /** For the command that runs: global options may stand before or after its name. */
  readonly output: (command: Command) => Output;
}

/** Adds a command to the program: its options and help; what it does is imported when it runs. */
export type DefineCommand = (program: Command, context: CommandContext) => void;

/** The options that choose a variant of the app, the same for all commands that read a manifest. */
export interface VariantOptions {
  readonly profile?: string;
  readonly place?: readonly string[];
}

/** The option of the commands that ship an app, for more than one Spin app. */
export interface SplitOptions extends VariantOptions {
  readonly split?: boolean;
}

export function withSplit(command: Command): Command {
  return withVariant(command).option(
    '--split',
    'make each part that only brokers connect a Spin app of its own',
  );
}

export function withVariant(command: Command): Command {
  return command
    .option('--profile <name>', 'apply the manifest’s [profile.<name>]')
    .option('--place <edge=placement>', 'override one edge, as in receiver.fulfilment=fused', collect);
}

/** For options that may be given more than once. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
