import { Command, CommanderError, Option } from 'commander';
import { readFileSync } from 'node:fs';
import { problem, TenonError } from '../diagnostics/error.ts';
import type { CommandContext, DefineCommand } from './command.ts';
import { commandsFor } from './commands.ts';
import { createOutput, type OutputOptions, type Streams } from './output.ts';

/** Runs the tool with arguments as after `tenon`; resolves to the exit code. */
export async function main(args: readonly string[], given?: Streams): Promise<number> {
  const streams = given ?? PROCESS;
  if (!given) watchProcess(args, streams);
  try {
    await createProgram(streams, await commandsFor(args)).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    return report(error, args, streams);
  }
}

/** Each stream is made when it is first asked for; a command that has nothing to say makes none. */
const PROCESS: Streams = {
  get stdout() {
    return used(process.stdout);
  },
  get stderr() {
    return used(process.stderr);
  },
  env: process.env,
};

const usedStreams = new Set<NodeJS.WriteStream>();

function used(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  usedStreams.add(stream);
  return stream;
}

/** Whether the system has all that was written to the process's streams, so that nothing is lost where it ends now. */
export function isWritten(): boolean {
  return [...usedStreams].every(({ writableLength }) => writableLength === 0);
}

/** What is thrown where nobody awaits it ends the process as what reaches main() does. */
function watchProcess(args: readonly string[], streams: Streams): void {
  process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
    // Whoever read the output has seen enough: `tenon types | head -1`.
    process.exit(error.code === 'EPIPE' ? 0 : report(error, args, streams));
  });
}

function createProgram(streams: Streams, commands: readonly DefineCommand[]): Command {
  const program = new Command('tenon')
    .description('Composes nano-services into one component by their WIT contracts, and runs it.')
    .version(version(), '-V, --version', 'print the version')
    .option('--json', 'print JSON lines, for programs')
    .option('-q, --quiet', 'print results and errors only')
    .option('-v, --verbose', 'print more: stack traces, refused requests')
    .addOption(
      new Option('--color <when>', 'colour the output').choices(['auto', 'always', 'never']).default('auto'),
    )
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      // Usage errors become diagnostics, see report().
      writeErr: () => {},
    })
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText('after', EXAMPLES);
  const context: CommandContext = {
    output: (command) => createOutput(outputOptions(command.optsWithGlobals()), streams),
  };
  for (const define of commands) define(program, context);
  return program;
}

const EXAMPLES = `
Examples:
  tenon up                            build the app of this folder and serve it on http://127.0.0.1:3000
  tenon up --listen 127.0.0.1:8080    serve it elsewhere
  tenon check                         find what is wrong, without building
  tenon graph --profile mqtt          show who calls whom, and what carries each call
  tenon build composed/orders.toml    write one component per unit to composed/.out/orders

Exit codes: 0 done, 1 something is wrong in the app, 2 the command line is, 3 the environment is, 70 Tenon is.`;

function outputOptions(options: Partial<OutputOptions>): OutputOptions {
  const { json = false, quiet = false, verbose = false, color = 'auto' } = options;
  return { json, quiet, verbose, color };
}

/** Shows what ended a command and gives its exit code; what no room expected is a bug of ours. */
function report(error: unknown, args: readonly string[], streams: Streams): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const output = createOutput(looseOptions(args), streams);
  const known = error instanceof CommanderError ? usageProblem(error, args) : asTenonError(error);
  output.diagnostics(known.diagnostics);
  if (output.options.verbose) {
    const stack = stackOf(known);
    output.event(stack, { event: 'stack', stack });
  }
  return known.exitCode;
}

/** The global options where the command line as a whole was not understood. */
function looseOptions(args: readonly string[]): OutputOptions {
  const has = (...names: readonly string[]): boolean => names.some((name) => args.includes(name));
  const color = args.includes('--color') ? args[args.indexOf('--color') + 1] : undefined;
  return {
    json: has('--json'),
    quiet: has('-q', '--quiet'),
    verbose: has('-v', '--verbose'),
    color: color === 'always' || color === 'never' ? color : 'auto',
  };
}

function usageProblem(error: CommanderError, args: readonly string[]): TenonError {
  const [message = '', ...more] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = /\(Did you mean (.+)\?\)/.exec(more.join(' '))?.[1];
  const missing = error.code === 'commander.help';
  return problem('cli/usage', missing ? 'a command is missing' : message.replace(/\.$/, ''), {
    where: ['tenon', ...args].join(' '),
    ...(missing && {
      expected: 'up, build, check, graph, types, compose, inspect, diff, outbox, push, image or k8s',
      found: 'no command',
    }),
    ...(suggestion !== undefined && {
      next: `Did you mean ${suggestion}? \`tenon --help\` shows what there is.`,
    }),
  });
}

function asTenonError(error: unknown): TenonError {
  if (error instanceof TenonError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return problem('internal/bug', `unexpected: ${message}`, {
    where: 'tenon',
    expected: 'no such exception',
    cause: error,
  });
}

function stackOf(error: Error): string {
  const { cause } = error;
  return cause instanceof Error ? (cause.stack ?? cause.message) : (error.stack ?? error.message);
}

function version(): string {
  // Beside src/ in the repository, two folders further up in the compiled package.
  for (const up of ['../../package.json', '../../../../package.json']) {
    try {
      const text = readFileSync(new URL(up, import.meta.url), 'utf8');
      const found = JSON.parse(text) as { name?: string; version?: string };
      if (found.name === 'tenon' && found.version !== undefined) return found.version;
    } catch {
      // Not this layout.
    }
  }
  return 'unknown';
}
