import { TenonError, unwrap } from '../../diagnostics/error.ts';
import type { Comparison, Difference } from '../../link/diff.ts';
import { readInput } from '../component-file.ts';
import type { DefineCommand } from '../command.ts';
import type { Paint } from '../output.ts';
import { table } from '../table.ts';

export const defineDiff: DefineCommand = (program, context) => {
  program
    .command('diff')
    .argument('<old>', 'the component that is in use')
    .argument('<new>', 'the component that is to take its place')
    .description('Tell whether a component can take another’s place, as provider and as importer.')
    .addHelpText('after', EXAMPLES)
    .action(async (old: string, next: string, _options: unknown, command) => {
      const output = context.output(command);
      const { breakingChanges, diff } = await import('../../link/diff.ts');
      const comparison = unwrap(diff(readInput(old), readInput(next)));
      const text = comparisonText(comparison, old, next, output.paint);
      output.result(output.options.quiet ? '' : text, { event: 'result', old, new: next, ...comparison });
      const breaking = breakingChanges(comparison);
      if (breaking.length > 0) throw new TenonError(breaking);
    });
};

function comparisonText(comparison: Comparison, old: string, next: string, paint: Paint): string {
  const rows = comparison.differences.map((difference) => [
    difference.breaking ? 'breaks' : 'fine',
    difference.side,
    change(difference),
  ]);
  const verdict = (fits: boolean): string => (fits ? paint('green', 'yes') : paint('red', 'no'));
  const places = table(
    `Can ${next} replace ${old}?`,
    [
      ['for those who import from it', verdict(comparison.asProvider)],
      ['with those who provide to it', verdict(comparison.asImporter)],
    ],
    paint,
  );
  return [places, table('Differences', rows, paint)].filter((text) => text !== '').join('\n');
}

function change({ name, path, change, old, new: next }: Difference): string {
  const what = path === '' ? name : `${name}: ${path}`;
  if (change === 'version') return `${name} is now ${next}`;
  return change === 'changed' ? `${what}: ${old} is now ${next}` : `${what} ${change}`;
}

const EXAMPLES = `
Examples:
  tenon diff fulfilment.wasm fulfilment-next.wasm          exits with 1 if anything breaks
  tenon diff old.wasm new.wasm --json | jq .differences    for programs`;
