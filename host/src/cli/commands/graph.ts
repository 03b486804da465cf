import { Option } from 'commander';
import { withVariant, type DefineCommand, type VariantOptions } from '../command.ts';
import { chooseManifest } from '../manifest-file.ts';

interface GraphCommandOptions extends VariantOptions {
  readonly mermaid?: boolean;
  readonly dot?: boolean;
}

export const defineGraph: DefineCommand = (program, context) => {
  withVariant(program.command('graph').argument('[manifest]', 'the app’s manifest'))
    .description('Show an app’s services and what carries each call: units, triggers, topics, tees.')
    .addOption(new Option('--mermaid', 'print it as a Mermaid flowchart').conflicts('dot'))
    .option('--dot', 'print it as a graph for Graphviz')
    .addHelpText('after', EXAMPLES)
    .action(async (manifest: string | undefined, options: GraphCommandOptions, command) => {
      const output = context.output(command);
      const file = chooseManifest(manifest);
      const { profile, place } = options;
      const { loadApp } = await import('../../build/load.ts');
      const { graphOf } = await import('../../plan/graph.ts');
      const { graphText } = await import('../graph-text.ts');
      const { graphDot, graphMermaid } = await import('../graph-drawing.ts');
      const { plan, warnings } = await loadApp({ manifest: file, profile, place });
      output.diagnostics(warnings);
      const graph = graphOf(plan);
      let text = '';
      if (options.mermaid) text = graphMermaid(graph);
      else if (options.dot) text = graphDot(graph);
      else text = graphText(graph, output.paint);
      output.result(text, { event: 'result', ...graph });
    });
};

const EXAMPLES = `
Examples:
  tenon graph                                    the only manifest of this folder or of composed/
  tenon graph --profile mqtt                     the variant that the manifest calls mqtt
  tenon graph --place receiver.fulfilment=redis  with one edge placed otherwise
  tenon graph --mermaid                          for Markdown that GitHub shows
  tenon graph --dot | dot -Tsvg > orders.svg     a picture`;
