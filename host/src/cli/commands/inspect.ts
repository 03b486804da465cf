import { Option } from 'commander';
import { unwrap } from '../../diagnostics/error.ts';
import { readInput } from '../component-file.ts';
import type { DefineCommand } from '../command.ts';

interface InspectCommandOptions {
  readonly wit?: boolean;
  readonly mermaid?: boolean;
  readonly dot?: boolean;
}

export const defineInspect: DefineCommand = (program, context) => {
  program
    .command('inspect')
    .argument('<component>', 'the component’s file')
    .description('Show what a component is made of: interfaces, instances and wiring, toolchains, sizes.')
    .addOption(new Option('--wit', 'print what it imports and exports as WIT').conflicts(['mermaid', 'dot']))
    .addOption(new Option('--mermaid', 'print its instances as a Mermaid flowchart').conflicts('dot'))
    .option('--dot', 'print its instances as a graph for Graphviz')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: InspectCommandOptions, command) => {
      const output = context.output(command);
      const { inspect } = await import('../../link/inspect/inspect.ts');
      const { dot, mermaid } = await import('../../link/inspect/graph-text.ts');
      const { inspectionText } = await import('../inspection-text.ts');
      const inspection = unwrap(inspect(readInput(file)));
      let text = '';
      if (options.wit) text = inspection.wit;
      else if (options.mermaid) text = mermaid(inspection);
      else if (options.dot) text = dot(inspection);
      else text = inspectionText(inspection, file, output.paint);
      output.result(text, { event: 'result', file, ...inspection });
    });
};

const EXAMPLES = `
Examples:
  tenon inspect orders.wasm                                 all of it, for reading
  tenon inspect orders.wasm --wit > orders.wit              its world and interfaces
  tenon inspect orders.wasm --dot | dot -Tsvg > orders.svg  a picture of who is wired to whom
  tenon inspect orders.wasm --json | jq .pool               for programs; has everything`;
