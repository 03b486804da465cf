import { join } from 'node:path';
import type { ExternType } from '../component/types.ts';
import { CONTRACT_FILE } from '../contract/declarations.ts';
import { camelCase, interfaceName, pascalCase } from '../contract/names.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { listWords, nearest } from '../diagnostics/nearest.ts';
import { INBOUND_HTTP } from './entry.ts';
import type { EntryExports } from './entry-exports.ts';
import type { SourceService } from './load.ts';
import { displayPath } from './places.ts';
import type { CompilerError } from './tsc.ts';
import { assignedTypes, withoutStop } from './tsc-text.ts';

/** A module that holds a service's exports against its world; TypeScript's errors in it are told in our words. */
export interface ExportCheck {
  /** TypeScript source. */
  readonly text: string;
  /** What the compiler found in the module, as problems of the service. */
  explain(errors: readonly CompilerError[]): Diagnostic[];
}

/** One value that a world wants, and how the service's module names it. */
interface Wanted {
  /** The name that the entry module exports. */
  readonly name: string;
  /** The member of it, unless the export itself is meant. */
  readonly member?: string;
  /** Its type, of which `World` is the service's. */
  readonly type: string;
  /** What it implements, as WIT names it. */
  readonly wit: string;
}

/** Written out at its use, so that messages show it. */
const HANDLER = '(request: Request) => Response | Promise<Response>';
const MEMBER = 'type Member<Owner, Name> = Name extends keyof Owner ? Owner[Name] : unknown;';

/** Generates the check of one service; nothing for exports that its module does not have at all. */
export function exportCheck(service: SourceService, exports: EntryExports): ExportCheck {
  const wanted = [...service.world.exports]
    .flatMap(([name, extern]) => wantedOf(name, extern, exports))
    .filter(({ name }) => !exports.complete || exports.names.includes(name));
  const lines = [
    `import * as service from ${JSON.stringify(service.entry)};`,
    `import type { World } from ${JSON.stringify(join(service.folder, CONTRACT_FILE))};`,
    MEMBER,
  ];
  const first = lines.length + 1;
  for (const [index, { name, member, type }] of wanted.entries()) {
    const value = `service.${name}${member === undefined ? '' : `.${member}`}`;
    lines.push(`export const wanted${index}: ${type} = ${value};`);
  }
  return {
    text: `${lines.join('\n')}\n`,
    explain: (errors) => explain(service, exports, wanted, first, errors),
  };
}

function wantedOf(name: string, extern: ExternType, exports: EntryExports): Wanted[] {
  if (extern.kind === 'func') {
    const local = camelCase(name);
    return [{ name: local, type: typeAt(local), wit: name }];
  }
  if (extern.kind !== 'instance') return [];
  if (
    name === INBOUND_HTTP &&
    (exports.names.includes('default') || !exports.names.includes('inboundHttp'))
  ) {
    return [{ name: 'default', member: 'fetch', type: HANDLER, wit: name }];
  }
  const local = camelCase(interfaceName(name));
  const functions = [...extern.type.exports].flatMap(([member, one]) =>
    one.kind === 'func' ? [member] : [],
  );
  const members = new Set(functions.map((member) => memberName(member)));
  return [...members].map((member) => ({ name: local, member, type: typeAt(local, member), wit: name }));
}

/** `put-back` → `putBack`; `[method]cart.add` → `Cart`, the class that has the method. */
function memberName(wit: string): string {
  const owner = /^\[\w+\]([^.]+)/.exec(wit)?.[1];
  return owner === undefined ? camelCase(wit) : pascalCase(owner);
}

/** What the declarations do not have, they do not ask for: `unknown` takes every value. */
function typeAt(...path: readonly string[]): string {
  return path.reduce((owner, name) => `Member<${owner}, ${JSON.stringify(name)}>`, 'World');
}

/** TS2339, TS2551: the member is not there, the second with a guess. */
const ABSENT = new Set(['TS2339', 'TS2551']);

function explain(
  service: SourceService,
  exports: EntryExports,
  wanted: readonly Wanted[],
  first: number,
  errors: readonly CompilerError[],
): Diagnostic[] {
  const absent = new Map<string, Wanted[]>();
  const found: Diagnostic[] = [];
  for (const error of errors) {
    const one = wanted[(error.line ?? 0) - first];
    if (!one) continue;
    if (one.member !== undefined && ABSENT.has(error.number)) {
      absent.set(one.name, [...(absent.get(one.name) ?? []), one]);
    } else {
      found.push(wrongType(service, exports, one, error));
    }
  }
  return [...[...absent.values()].map((members) => lacking(service, exports, members)), ...found];
}

function lacking(service: SourceService, exports: EntryExports, members: readonly Wanted[]): Diagnostic {
  const { name, wit } = members[0]!;
  const names = members.map(({ member }) => member!);
  const present = exports.membersOf(name);
  const guess = names.length === 1 ? nearest(names[0]!, present) : undefined;
  return diagnose(
    'build/wrong-export',
    `${shown(name)} of ${service.name} lacks ${listWords(names, 'and')}`,
    {
      span: exports.spanOf(name, guess),
      ...context(service, wit),
      expected: listWords(names, 'and'),
      found: present.length === 0 ? 'no such member' : listWords(present, 'and'),
      next:
        guess === undefined
          ? `Add ${names.length === 1 ? 'it' : 'them'} to ${shown(name)}.`
          : `Rename \`${guess}\` to \`${names[0]}\`.`,
    },
  );
}

function wrongType(
  service: SourceService,
  exports: EntryExports,
  { name, member, wit }: Wanted,
  error: CompilerError,
): Diagnostic {
  const types = assignedTypes(error.text);
  const path = member === undefined ? shown(name) : `\`${name}.${member}\``;
  return diagnose('build/wrong-export', `${path} of ${service.name} has another type than its world wants`, {
    span: exports.spanOf(name, member),
    ...context(service, wit, error.details),
    expected: types ? `\`${types.expected}\`` : 'the type that `tenon types` declares',
    found: types ? `\`${types.found}\`` : withoutStop(error.text),
    next: `Give ${path} the type that the world wants, or correct the contract.`,
  });
}

function shown(name: string): string {
  return name === 'default' ? 'the default export' : `\`${name}\``;
}

function context(service: SourceService, wit: string, details: readonly string[] = []) {
  return {
    where: `world ${service.encoded.id}: export ${wit}`,
    related: [
      ...details.map((message) => ({ message })),
      { message: `The world is declared in ${displayPath(service.worldFile)}.` },
    ],
  };
}
