import { parseInterfaceId } from '../component/names.ts';
import { mismatches } from '../component/subtype.ts';
import type { ExternType } from '../component/types.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { listWords, nearest } from '../diagnostics/nearest.ts';
import { atService, declaredIn, type PlanInput } from './context.ts';
import { hasCode } from './imports.ts';
import { isHostName } from './host-interfaces.ts';
import type { ServiceWorld } from './types.ts';

interface Export {
  readonly service: string;
  readonly name: string;
  readonly extern: ExternType;
}

/** An import that no service exports, with what comes near: another version, the same shape, a like name. */
export function missingProvider(
  input: PlanInput,
  importer: ServiceWorld,
  contract: string,
  wanted: ExternType,
  worlds: readonly ServiceWorld[],
): Diagnostic {
  const exports = worlds.flatMap((world) =>
    [...world.world.exports]
      .filter(([name, extern]) => !isHostName(name) && hasCode(extern))
      .map(([name, extern]): Export => ({ service: world.service, name, extern })),
  );
  const others = exports.filter(({ service }) => service !== importer.service);
  const own = exports.find(({ service, name }) => service === importer.service && name === contract);
  const near = own
    ? { next: `Let another service export it: a service cannot provide its own import.` }
    : nearMiss(contract, wanted, others);
  return diagnose(
    'plan/missing-provider',
    `\`${importer.service}\` imports \`${contract}\`, which no${own ? ' other' : ''} service exports`,
    {
      span: atService(input, importer.service),
      expected: `a service that exports \`${contract}\``,
      found:
        others.length === 0
          ? 'no contract is exported'
          : listWords([...new Set(others.map(({ name }) => name))], 'and'),
      next: near?.next,
      related: [
        ...(near && 'miss' in near && near.miss
          ? [
              {
                message: `\`${near.miss.service}\` exports \`${near.miss.name}\``,
                span: atService(input, near.miss.service),
              },
            ]
          : []),
        declaredIn(importer, contract),
      ],
    },
  );
}

function nearMiss(
  contract: string,
  wanted: ExternType,
  exports: readonly Export[],
): { miss: Export; next: string } | undefined {
  const id = parseInterfaceId(contract);
  const otherTrack = exports.find(({ name }) => id && parseInterfaceId(name)?.path === id.path);
  if (otherTrack) {
    return {
      miss: otherTrack,
      next: `Bring the versions together: \`${otherTrack.service}\` exports \`${otherTrack.name}\`, which is not compatible (only 1.x with 1.y, and 0.1.x with 0.1.y).`,
    };
  }
  const likeName = nearest(
    contract,
    exports.map(({ name }) => name),
  );
  const like = exports.find(({ name }) => name === likeName);
  if (like) return { miss: like, next: `Did you mean \`${like.name}\`?` };
  const alike = exports.find(
    ({ extern }) => extern.kind === wanted.kind && mismatches(extern, wanted, '').length === 0,
  );
  return (
    alike && {
      miss: alike,
      next: `\`${alike.name}\` has the same functions; import that, or let a service export \`${contract}\`.`,
    }
  );
}
