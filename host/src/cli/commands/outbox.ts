import type { Command } from 'commander';
import type { CommandContext, DefineCommand } from '../command.ts';
import { chooseManifest } from '../manifest-file.ts';

export interface OutboxOptions {
  readonly profile?: string;
  readonly stateDir?: string;
  readonly runtimeConfigFile?: string;
}

interface DropOptions extends OutboxOptions {
  readonly all?: boolean;
}

/** What is an entry's id and no manifest. */
const ID = /^(?:[A-Za-z0-9_-]+:)?\d+$/;

export const defineOutbox: DefineCommand = (program, context) => {
  const outbox = withState(program.command('outbox').argument('[manifest]', 'the app’s manifest'))
    .description('Show the messages of an app that wait for their broker, whether it runs or not.')
    .addHelpText('after', EXAMPLES)
    .action(async (manifest: string | undefined, options: OutboxOptions, command) => {
      const { listOutbox } = await import('../outbox.ts');
      await listOutbox(chooseManifest(manifest), options, context.output(command));
    });
  defineRetry(outbox, context);
  defineDrop(outbox, context);
};

function defineRetry(outbox: Command, context: CommandContext): void {
  outbox
    .command('retry')
    .argument('[manifest]', 'the app’s manifest')
    .description('Let a running app try at once what it would try again later.')
    .action(async (manifest: string | undefined, _, command: Command) => {
      const { retryOutbox } = await import('../outbox.ts');
      await retryOutbox(chooseManifest(manifest), optionsOf(command), context.output(command));
    });
}

function defineDrop(outbox: Command, context: CommandContext): void {
  outbox
    .command('drop')
    .argument('[id|manifest...]', 'ids as listed, then the app’s manifest')
    .description('Remove messages that need not be sent any more.')
    .option('--all', 'all that wait')
    .action(async (words: readonly string[], _, command: Command) => {
      const ids = words.filter((word) => ID.test(word));
      const manifests = words.filter((word) => !ID.test(word));
      const [extra] = manifests.slice(1);
      if (extra !== undefined) command.error(`error: ${extra} is neither an id nor the only manifest`);
      const { all = false, ...options } = optionsOf<DropOptions>(command);
      if (all === ids.length > 0) command.error('error: drop takes ids, or --all');
      const { dropOutbox } = await import('../outbox.ts');
      await dropOutbox(chooseManifest(manifests[0]), all ? 'all' : ids, options, context.output(command));
    });
}

/** Its own, and those of `outbox`, which may stand before or after the subcommand. */
function optionsOf<Options extends OutboxOptions>(command: Command): Options {
  return command.optsWithGlobals();
}

function withState(command: Command): Command {
  return command
    .option('--profile <name>', 'apply the manifest’s [profile.<name>]')
    .option('--state-dir <folder>', 'where stores are kept (default: .spin/<app> beside the manifest)')
    .option('--runtime-config-file <file>', 'stores, as with `tenon up`');
}

const EXAMPLES = `
A message enters the outbox with the commit of the event that sent it, and leaves it when its broker has it.

Examples:
  tenon outbox                  what waits: id, topic, age, size, attempts and the last error
  tenon outbox --json           the same, for programs
  tenon outbox retry            do not wait for the next attempt
  tenon outbox drop 17 18       remove two messages: nobody gets them
  tenon outbox drop --all       remove all`;
