import { dirname, join, resolve } from 'node:path';
import { problem, unwrap } from '../../diagnostics/error.ts';
import type { ComposeOptions, Composition } from '../../link/compose.ts';
import { instanceNames, readInput, sizeText, writeWhole } from '../component-file.ts';
import type { DefineCommand } from '../command.ts';
import type { Output } from '../output.ts';
import { table } from '../table.ts';

interface ComposeCommandOptions {
  readonly output?: string;
  readonly plan?: string;
  readonly export: readonly string[];
  readonly dryRun?: boolean;
  readonly hoist: boolean;
  readonly flatten: boolean;
  readonly trim: boolean;
}

export const defineCompose: DefineCommand = (program, context) => {
  program
    .command('compose')
    .argument('[root]', 'the component whose exports the result has')
    .argument('[components...]', 'components that provide what it, or another of them, imports')
    .description('Compose components into one by the contracts that they import and export.')
    .option('-o, --output <file>', 'where to write the composed component; - for standard output')
    .option('--plan <file>', 'take components, edges, imports and exports from a plan (TOML)')
    .option(
      '--export <name>',
      'show the exports of this component too; repeat it for several',
      (name: string, names: readonly string[]) => [...names, name],
      [] as readonly string[],
    )
    .option('--dry-run', 'check everything and show the graph, write nothing')
    .option('--no-hoist', 'keep each component’s own copy of core modules that several have')
    .option('--no-flatten', 'leave the core modules of QuickJS components as they were built')
    .option('--no-trim', 'keep what nothing uses: functions, and the modules and imports behind them')
    .addHelpText('after', EXAMPLES)
    .action(
      async (
        root: string | undefined,
        others: readonly string[],
        options: ComposeCommandOptions,
        command,
      ) => {
        const output = context.output(command);
        const { inputs, given } = await inputsOf(root, others, options);
        const files = inputs.map(({ file }) => file);
        const target = targetOf(options, files, output);
        const { compose } = await import('../../link/compose.ts');
        const { hoist, flatten, trim } = options;
        const result = compose(
          inputs.map(({ name, file }) => ({ name, bytes: readInput(file) })),
          { ...given, hoist, flatten, trim },
        );
        const composed = unwrap(result);
        output.diagnostics(result.diagnostics);
        if (target === undefined) {
          output.result(graphText(composed, files, output), {
            event: 'result',
            ...graphJson(composed, files),
          });
          return;
        }
        if (target === '-') output.streams.stdout.write(composed.bytes);
        else writeWhole(target, composed.bytes);
        output.event(summary(composed), { event: 'composed', ...graphJson(composed, files) });
        if (target !== '-')
          output.result(`${target}\n`, { event: 'result', output: target, bytes: composed.bytes.length });
      },
    );
};

interface Inputs {
  readonly inputs: readonly { readonly name: string; readonly file: string }[];
  readonly given: ComposeOptions;
}

/** What to compose: the files of the command line, or what a plan names. */
async function inputsOf(
  root: string | undefined,
  others: readonly string[],
  { plan, export: roots }: ComposeCommandOptions,
): Promise<Inputs> {
  if (plan === undefined) {
    if (root === undefined) {
      throw problem('cli/usage', 'no component is named', {
        where: 'tenon compose',
        expected: '<root> [components...], or --plan <file>',
        found: 'neither',
      });
    }
    const files = [root, ...others];
    const names = instanceNames(files);
    return { inputs: files.map((file, at) => ({ name: names[at] ?? file, file })), given: { roots } };
  }
  if (root !== undefined || roots.length > 0) {
    throw problem('cli/usage', 'a plan names everything itself', {
      where: 'tenon compose',
      expected: '--plan <file> without components and --export',
      found: root ?? `--export ${roots.join(' --export ')}`,
    });
  }
  const { parseComposePlan } = await import('../../link/compose-plan.ts');
  const text = new TextDecoder().decode(readInput(plan, 'a plan, in TOML'));
  const { instances, ...given } = unwrap(parseComposePlan(text, plan));
  const folder = dirname(plan);
  return { inputs: instances.map(({ name, component }) => ({ name, file: join(folder, component) })), given };
}

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
  tenon compose shop.wasm admin.wasm store.wasm --export admin -o all.wasm   admin’s exports too
  tenon compose --plan plan.toml -o shop.wasm                   two instances of one component, edges by hand
  tenon compose root.wasm *.wasm -o - | wasm-tools validate -   to another program

Every input must be reached from a root; what nobody provides stays imported.`;
