import { parseInterfaceId, semverTrack } from '../component/names.ts';
import type { ExternType } from '../component/types.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { listWords, nearest } from '../diagnostics/nearest.ts';
import { at, atService, declaredIn, type Found, type PlanInput } from './context.ts';
import { DEFAULT_GRANTS, grantForm, grantText, isGrantProblem, parseGrant, uniteGrants } from './grants.ts';
import {
  hostInterface,
  HOST_INTERFACES,
  isHostName,
  isUnder,
  type HostInterface,
} from './host-interfaces.ts';
import { INTERFACES_NOT_YET } from './supported.ts';
import type { Grant, ServiceWorld } from './types.ts';

/** A service's grants, parsed and with the defaults; what is wrong in them. */
export function readGrants(input: PlanInput, service: string): Found<readonly Grant[]> {
  const { manifest } = input;
  const problems: Diagnostic[] = [];
  const grants: Grant[] = manifest.grantsDefault ? [...DEFAULT_GRANTS] : [];
  for (const [position, text] of (manifest.services[service]?.grants ?? []).entries()) {
    const span = at(input, ['service', service, 'grants', position]);
    const parsed = parseGrant(text);
    if (isGrantProblem(parsed)) {
      const { unknown, expected, next } = parsed;
      problems.push(
        diagnose(
          unknown ? 'plan/unknown-grant' : 'plan/bad-grant',
          unknown ? `there is no grant \`${text}\`` : `\`${text}\` is not written as this grant must be`,
          {
            span,
            expected,
            found: `\`${text}\``,
            next: next ?? (unknown ? undefined : `Write ${expected}.`),
          },
        ),
      );
      continue;
    }
    grants.push(parsed);
    if (parsed.kind === 'variables' && !Object.hasOwn(manifest.variables, parsed.name)) {
      const variables = Object.keys(manifest.variables);
      const guess = nearest(parsed.name, variables);
      problems.push(
        diagnose('plan/unknown-variable', `the app has no variable \`${parsed.name}\``, {
          span,
          expected: variables.length === 0 ? 'a variable; the app declares none' : listWords(variables),
          found: `\`${text}\``,
          next:
            guess === undefined
              ? `Add \`[variables.${parsed.name}]\`.`
              : `Did you mean \`variables:${guess}\`?`,
        }),
      );
    }
  }
  return { value: uniteGrants(grants), problems };
}

/**
 * What is wrong with the imports of a service's own world that the host must give: no such interface, no grant,
 * async. Of a prebuilt component, WASI is left alone: toolchains add it, and the linker trims it.
 */
export function checkHostImports(
  input: PlanInput,
  world: ServiceWorld,
  grants: readonly Grant[],
): readonly Diagnostic[] {
  const prebuilt = input.manifest.services[world.service]?.component !== undefined;
  const problems: Diagnostic[] = [];
  for (const [name, extern] of world.world.imports) {
    const asynchronous = asyncFunctions(name, extern);
    if (asynchronous.length > 0) problems.push(asyncImport(input, world, name, asynchronous));
    else if (isHostName(name) && hasCode(extern) && !(prebuilt && name.startsWith('wasi:'))) {
      problems.push(...checkHostImport(input, world, name, grants));
    }
  }
  return problems;
}

function checkHostImport(
  input: PlanInput,
  world: ServiceWorld,
  name: string,
  grants: readonly Grant[],
): readonly Diagnostic[] {
  const { service } = world;
  const details = { span: atService(input, service), related: [declaredIn(world, name)] };
  if (INTERFACES_NOT_YET.some((id) => isUnder(name, id))) {
    return [
      diagnose('plan/not-yet', `the interface \`${name}\` is not carried out yet`, {
        ...details,
        expected: listWords(
          HOST_INTERFACES.filter(
            ({ id, grant }) => grant && id.startsWith('fermyon:') && !INTERFACES_NOT_YET.includes(id),
          ).map(({ id }) => id),
        ),
        found: `an import of \`${service}\``,
      }),
    ];
  }
  const given = hostInterface(name);
  if (!given || !isGivenVersion(name, given)) {
    const guess = suggestion(name);
    return [
      diagnose('plan/no-host-interface', `\`${service}\` imports \`${name}\`, which the host does not give`, {
        ...details,
        expected: guess === undefined ? 'an interface of the host, or a contract' : `\`${guess}\``,
        found: `\`${name}\``,
        next: guess && `Import \`${guess}\` instead.`,
      }),
    ];
  }
  const kind = given.grant;
  if (kind === undefined || grants.some((grant) => grant.kind === kind)) return [];
  return [
    diagnose('plan/missing-grant', `\`${service}\` imports \`${name}\` without the grant for it`, {
      ...details,
      span: at(input, ['service', service, 'grants'], 'key'),
      expected: grantForm(kind),
      found: grants.length === 0 ? 'no grants' : listWords(grants.map(grantText), 'and'),
      next: `Add ${grantForm(kind)} to \`grants\` of \`[service.${service}]\`, or remove the import.`,
    }),
  ];
}

/** Whether the host gives the interface in this version: WASI on the track of 0.2, the others as the table says. */
function isGivenVersion(name: string, given: HostInterface): boolean {
  if (given.id.startsWith('wasi:')) return semverTrack(name)?.endsWith('@0.2') === true;
  return parseInterfaceId(name)?.version?.text === given.version;
}

/**
 * The interface of the host that a name probably means: the same in a version that is given, the one of Spin
 * that is called alike, else the nearest name.
 */
function suggestion(name: string): string | undefined {
  const full = ({ id, version }: HostInterface): string => (version === undefined ? id : `${id}@${version}`);
  const id = parseInterfaceId(name);
  const same =
    hostInterface(name) ?? HOST_INTERFACES.find((one) => one.id === `fermyon:spin/${id?.interface}`);
  if (same?.id.startsWith('wasi:') && id) return `${id.path}@0.2.0`;
  return same ? full(same) : nearest(name, HOST_INTERFACES.map(full));
}

function asyncImport(
  input: PlanInput,
  world: ServiceWorld,
  name: string,
  functions: readonly string[],
): Diagnostic {
  return diagnose(
    'plan/async-import',
    `\`${world.service}\` imports the async function \`${functions[0]}\` of \`${name}\``,
    {
      span: atService(input, world.service),
      expected: 'functions without `async`: a unit runs one event at a time, synchronously',
      found: functions.map((func) => `\`${func}: async func\``).join(', '),
      related: [declaredIn(world, name)],
    },
  );
}

function asyncFunctions(name: string, extern: ExternType): readonly string[] {
  if (extern.kind === 'func') return extern.type.async ? [name] : [];
  if (extern.kind !== 'instance') return [];
  return [...extern.type.exports].flatMap(([func, member]) =>
    member.kind === 'func' && member.type.async ? [func] : [],
  );
}

/** Whether an import is more than types: something must be there that carries it out. */
export function hasCode(extern: ExternType): boolean {
  if (extern.kind !== 'instance') return extern.kind !== 'type';
  return [...extern.type.exports.values()].some(
    (member) => member.kind === 'func' || (member.kind === 'type' && member.type.kind === 'resource'),
  );
}
