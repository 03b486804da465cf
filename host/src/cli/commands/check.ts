import { withVariant, type DefineCommand, type VariantOptions } from '../command.ts';
import { chooseManifest } from '../manifest-file.ts';

export const defineCheck: DefineCommand = (program, context) => {
  withVariant(program.command('check').argument('[manifest]', 'the app’s manifest'))
    .description(
      'Check an app without building it: manifest, contracts, edges, grants and the services’ types.',
    )
    .addHelpText('after', EXAMPLES)
    .action(async (manifest: string | undefined, options: VariantOptions, command) => {
      const output = context.output(command);
      const file = chooseManifest(manifest);
      const { checkApp } = await import('../check.ts');
      const { fullOverview } = await import('../overview.ts');
      const { fusableEdges } = await import('../../plan/fused.ts');
      const { planToJson } = await import('../../plan/json.ts');
      const { linkedCosts } = await import('../../plan/linked-cost.ts');
      const { plan, warnings } = await checkApp({ manifest: file, ...options });
      output.diagnostics(warnings);
      const summary = `${fullOverview(plan, output.paint)}\n${output.paint('green', 'ok')}: ${plan.name} can be built\n`;
      output.result(output.options.quiet ? '' : summary, {
        event: 'result',
        plan: planToJson(plan),
        fusable: fusableEdges(plan),
        linked: linkedCosts(plan),
      });
    });
};

const EXAMPLES = `
Examples:
  tenon check                   the only manifest of this folder or of composed/
  tenon check --profile mqtt    the variant that the manifest calls mqtt
  tenon check --json            the resolved plan, or the problems, as JSON lines`;
