import { InvalidArgumentError } from 'commander';
import { collect, withVariant, type DefineCommand, type VariantOptions } from '../command.ts';
import { chooseManifest } from '../manifest-file.ts';

export interface BenchOptions extends VariantOptions {
  readonly request?: readonly string[];
  readonly rounds: number;
  readonly count: number;
  readonly variable?: readonly string[];
  readonly mqtt?: string;
  readonly redis?: string;
}

export const defineBench: DefineCommand = (program, context) => {
  withVariant(program.command('bench').argument('[manifest]', 'the app’s manifest'))
    .description('Measure requests with each edge under each placement it can have; say which to change.')
    .option(
      '--request <request>',
      'what to send, as in \'POST /order {"details":"x"}\'; the body may be @file (default: GET each plain route)',
      collect,
    )
    .option('--rounds <number>', 'rounds, after one to warm up', number(1), 5)
    .option('--count <number>', 'requests in each round', number(1), 200)
    .option('--variable <name=value>', 'set a variable, as for tenon up', collect)
    .option('--mqtt <address>', 'the MQTT broker (default: one within this process)')
    .option('--redis <address>', 'the Redis server; without one redis is not measured')
    .addHelpText('after', EXAMPLES)
    .action(async (manifest: string | undefined, options: BenchOptions, command) => {
      const output = context.output(command);
      const { bench } = await import('../bench/bench.ts');
      const { benchJson, benchText } = await import('../bench/text.ts');
      const report = await bench(chooseManifest(manifest), options, output);
      output.result(benchText(report, output.paint), { event: 'result', ...benchJson(report) });
    });
};

function number(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least)
      throw new InvalidArgumentError(`Expected a whole number from ${least}.`);
    return value;
  };
}

const EXAMPLES = `
Examples:
  tenon bench --request 'POST /order {"details":"x"}'      how the orders app would answer under each placement
  tenon bench --request 'GET /a' --request 'GET /b'        two requests in turn
  tenon bench --redis redis://127.0.0.1:6379 --json | jq .edges

Requests really run, once for each placement, on a store of their own that goes away: what services ask of other
hosts is asked, and what they publish goes to the brokers that are named. The times are until the answer; over mqtt
the work is done after it. They are Node's; what a linked engine costs on Spin, where each event makes it anew,
tenon check says.`;
