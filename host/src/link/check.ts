import { instantiate } from '../component/instantiate.ts';
import { mismatches } from '../component/subtype.ts';
import type { TypeBudget } from '../component/substitute.ts';
import type { ExternType, InstanceType, ResourceType } from '../component/types.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { failure, success, type Result } from '../diagnostics/result.ts';
import type { Binding, LinkNode } from './graph.ts';
import type { MergedImport } from './merge.ts';

/**
 * Types each instance with what it is really given, providers first, and checks every argument against what
 * the component expects, resources by identity. The value is each instance's exports. Diagnostics:
 * `link/mismatch`, one for each place that differs on any edge.
 */
export function checkEdges(
  nodes: readonly LinkNode[],
  imports: readonly MergedImport[],
  budget: TypeBudget,
): Result<ReadonlyMap<string, InstanceType>> {
  const problems: Diagnostic[] = [];
  const instances = new Map<string, InstanceType>();
  const open = suppliedImports(imports);
  for (const node of nodes) {
    const args = new Map<string, ExternType>();
    const resources = new Map<ResourceType, ResourceType>();
    for (const [name, expected] of node.signature.imports) {
      const bound = node.bound.get(name);
      const given = bound ? provided(instances, bound) : open.get(node.name)?.get(name)?.extern;
      if (!given) continue;
      args.set(name, given);
      const provider = bound?.provider ?? 'outside';
      for (const mismatch of mismatches(given, expected, '', { resources })) {
        problems.push(
          diagnose(
            'link/mismatch',
            `${node.name} and ${provider} disagree about ${name}: ${mismatch.path || 'its kind'}`,
            {
              where: `edge ${node.name}.${provider}, ${name}${mismatch.path === '' ? '' : `: ${mismatch.path}`}`,
              expected: mismatch.expected,
              found: mismatch.found,
              next:
                mismatch.resource && `Let ${node.name} and ${provider} take the resource from one service.`,
            },
          ),
        );
      }
    }
    instances.set(node.name, instantiate(node.signature, args, budget));
  }
  return problems.length > 0 ? failure(...problems) : success(instances);
}

function provided(instances: ReadonlyMap<string, InstanceType>, bound: Binding): ExternType | undefined {
  const whole = instances.get(bound.provider)?.exports.get(bound.export);
  if (bound.type === undefined || whole?.kind !== 'instance') return whole;
  return whole.type.exports.get(bound.type);
}

/** By instance and import name: the import of the result that serves it. */
export function suppliedImports(imports: readonly MergedImport[]): Map<string, Map<string, MergedImport>> {
  const supplied = new Map<string, Map<string, MergedImport>>();
  for (const merged of imports) {
    for (const member of merged.members) {
      const own = supplied.get(member.instance) ?? new Map<string, MergedImport>();
      supplied.set(member.instance, own.set(member.import, merged));
    }
  }
  return supplied;
}
