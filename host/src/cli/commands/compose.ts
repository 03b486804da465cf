import { resolve } from 'node:path';
import { problem, unwrap } from '../../diagnostics/error.ts';
import type { Composition } from '../../link/compose.ts';
import { instanceNames, readInput, sizeText, writeWhole } from '../component-file.ts';
import type { DefineCommand } from '../command.ts';
import type { Output } from '../output.ts';
import { table } from '../table.ts';

interface ComposeCommandOptions {
  readonly output?: string;
  readonly dryRun?: boolean;
  readonly hoist: boolean;
}

export const defineCompose: DefineCommand = (program, context) => {
  program
    .command('compose')
    .argument('<root>', 'the component whose exports the result has')
    .argument('[components...]', 'components that provide what it, or another of them, imports')
    .description('Compose components into one by the contracts that they import and export.')
    .option('-o, --output <file>', 'where to write the composed component; - for standard output')
    .option('--dry-run', 'check everything and show the graph, write nothing')
    .option('--no-hoist', 'keep each component’s own copy of core modules that several have')
    .addHelpText('after', EXAMPLES)
    .action(async (root: string, others: readonly string[], options: ComposeCommandOptions, command) => {
      const output = context.output(command);
      const files = [root, ...others];
      const target = targetOf(options, files, output);
      const { compose } = await import('../../link/compose.ts');
      const names = instanceNames(files);
      const inputs = files.map((file, at) => ({ name: names[at] ?? file, bytes: readInput(file) }));
      const result = compose(inputs, { hoist: options.hoist });
      const composed = unwrap(result);
      output.diagnostics(result.diagnostics);
      if (target === undefined) {
        output.result(graphText(composed, files, output), { event: 'result', ...graphJson(composed, files) });
        return;
      }
      if (target === '-') output.streams.stdout.write(composed.bytes);
      else writeWhole(target, composed.bytes);
      output.event(summary(composed), { event: 'composed', ...graphJson(composed, files) });
      if (target !== '-')
        output.result(`${target}\n`, { event: 'result', output: target, bytes: composed.bytes.length });
    });
};

/** Where the result goes; undefined for nowhere. */
function targetOf(
  { output: target, dryRun = false }: ComposeCommandOptions,
  files: readonly string[],
  output: Output,
): string | undefined {
  if (dryRun) return undefined;
  const wrong = (message: string, expected: string, found: string): never => {
    throw problem('cli/usage', message, { where: 'tenon compose', expected, found });
  };
  if (target === undefined)
    return wrong('the output is missing', '-o <file>, -o - or --dry-run', 'none of them');
  if (target === '-') {
    if (output.options.json) wrong('standard output cannot take both', '-o <file> with --json', '-o -');
    if (output.streams.stdout.isTTY)
      wrong('a component is not for a terminal', '-o <file>, or a pipe', '-o -');
  }
  if (files.some((file) => resolve(file) === resolve(target)))
    wrong('the output would replace an input', 'another file', target);
  return target;
}

function summary({ graph, bytes, report }: Composition): string {
  const names = graph.instances.map(({ name }) => name).join(' + ');
  const saved = report.hoistedBytes > 0 ? `, ${sizeText(report.hoistedBytes)} less for what is shared` : '';
  return `composed ${names}: ${sizeText(bytes.length)}${saved}`;
}

function graphText({ graph, bytes, report }: Composition, files: readonly string[], output: Output): string {
  const { paint } = output;
  const sections = [
    table(
      'Components',
      graph.instances.map(({ name, bytes: size }, at) => [
        name,
        sizeText(size).padStart(8),
        `${files[at] ?? ''}${name === graph.root ? ' (root)' : ''}`,
      ]),
      paint,
    ),
    table(
      'Edges',
      graph.edges.map((edge) => [
        `${edge.importer} → ${edge.provider}`,
        edge.import === edge.export ? edge.import : `${edge.import}, served by ${edge.export}`,
      ]),
      paint,
    ),
    table(
      'Imports',
      graph.imports.map(({ name, importers }) => [name, importers.join(', ')]),
      paint,
    ),
    table(
      'Exports',
      graph.exports.map((name) => [name]),
      paint,
    ),
  ];
  const saved = report.hoistedBytes > 0 ? `, ${sizeText(report.hoistedBytes)} less for what is shared` : '';
  return `${sections.filter((text) => text !== '').join('\n')}\nComposed: ${sizeText(bytes.length)}${saved}; nothing was written.\n`;
}

function graphJson({ graph, bytes, report }: Composition, files: readonly string[]): Record<string, unknown> {
  return {
    root: graph.root,
    instances: graph.instances.map((instance, at) => ({ ...instance, file: files[at] })),
    edges: graph.edges,
    imports: graph.imports,
    exports: graph.exports,
    bytes: bytes.length,
    hoistedBytes: report.hoistedBytes,
    notes: report.notes,
  };
}

const EXAMPLES = `
Examples:
  tenon compose receiver.wasm fulfilment.wasm -o orders.wasm    receiver’s imports, provided by fulfilment
  tenon compose receiver.wasm fulfilment.wasm --dry-run         who provides what, and what stays imported
  tenon compose root.wasm *.wasm -o - | wasm-tools validate -   to another program

Every input must be reached from the root; what nobody provides stays imported.`;
