import type { ComponentType, FuncType, ValueType } from '../component/types.ts';
import { diagnose, type Diagnostic, type SourceSpan } from '../diagnostics/diagnostic.ts';
import { failure, success, type Result } from '../diagnostics/result.ts';
import { worldOf, type Contract, type ContractFunction } from './interface.ts';
import { chunksOf, endOfBlock, type WitFile } from './wit-packages.ts';
import { idIn } from './wit-source.ts';
import { tokenizeWit, type WitToken } from './wit-tokens.ts';

const MAX_FLAGS = 32;

/** The world and what it was read from. */
export interface CheckInput {
  readonly id: string;
  readonly world: ComponentType;
  readonly files: readonly WitFile[];
}

/**
 * Finds what wit-parser lets pass and no component can have: two fields, cases or labels of one name, types
 * of nothing, more than 32 flags. Source: component-model, design/mvp/Binary.md, "Type Definitions".
 */
export function checkTypes({ id, world, files }: CheckInput): Result<void> {
  const problems: Diagnostic[] = [];
  for (const contract of contractsOf(id, world)) {
    for (const [name, type] of contract.types) {
      const names = namesIn(type);
      if (names === undefined) continue;
      const twice = names.find((one, index) => names.indexOf(one) !== index);
      if (twice !== undefined) {
        problems.push(
          diagnose('contract/duplicate-name', `\`${twice}\` stands twice in \`${name}\``, {
            ...placed(findMember(files, contract.id, name, twice), `${contract.id}#${name}.${twice}`),
            expected: 'different names',
            found: `\`${twice}\` twice`,
          }),
        );
      }
      if (names.length === 0 || (type.kind === 'flags' && names.length > MAX_FLAGS)) {
        problems.push(
          diagnose('contract/invalid-type', `\`${name}\` has ${names.length || 'no'} members`, {
            ...placed(findMember(files, contract.id, name, name), `${contract.id}#${name}`),
            expected: type.kind === 'flags' ? `1 to ${MAX_FLAGS} labels` : 'at least one member',
            found: String(names.length),
          }),
        );
      }
    }
  }
  return problems.length > 0 ? failure(...problems) : success(undefined);
}

/** Finds what needs the asynchronous ABI: `async func`, streams and futures in any function of the world. */
export function checkSync({ id, world, files }: CheckInput): Result<void> {
  const problems: Diagnostic[] = [];
  for (const contract of contractsOf(id, world)) {
    for (const { owner, func } of functionsOf(contract)) {
      const found = asyncPart(func.type);
      if (found === undefined) continue;
      problems.push(
        diagnose('contract/needs-async', `\`${func.name}\` of \`${contract.id}\` ${found.message}`, {
          ...placed(findFunction(files, contract.id, owner, func.name), `${contract.id}#${func.name}`),
          expected: 'what a synchronous component can carry',
          found: found.what,
        }),
      );
    }
  }
  return problems.length > 0 ? failure(...problems) : success(undefined);
}

function contractsOf(id: string, component: ComponentType): Contract[] {
  const world = worldOf(component);
  const own = [world.ownImports, world.ownExports].map((contract) => ({ ...contract, id }));
  return [...new Map([...own, ...world.imports, ...world.exports].map((one) => [one, one])).values()];
}

function functionsOf(contract: Contract): { owner: string | undefined; func: ContractFunction }[] {
  const free = contract.functions.map((func) => ({ owner: undefined, func }));
  const members = contract.resources.flatMap(({ name, functions }) =>
    functions.map((func) => ({ owner: name, func })),
  );
  return [...free, ...members];
}

function asyncPart(type: FuncType): { message: string; what: string } | undefined {
  if (type.async) return { message: 'is asynchronous', what: '`async func`' };
  const types = [...type.params.map((param) => param.type), ...(type.result ? [type.result] : [])];
  const kind = types.map((one) => findAsync(one)).find((one) => one !== undefined);
  return kind === undefined ? undefined : { message: `carries a ${kind}`, what: `\`${kind}\`` };
}

/** `stream`, `future` or `error-context` if it is anywhere in the type. */
function findAsync(type: ValueType): string | undefined {
  if (type.kind === 'stream' || type.kind === 'future') return type.kind;
  if (type.kind === 'primitive') return type.name === 'error-context' ? type.name : undefined;
  for (const part of partsOf(type)) {
    const found = findAsync(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The types that a type is made of. */
export function partsOf(type: ValueType): readonly ValueType[] {
  switch (type.kind) {
    case 'record':
      return type.fields.map((field) => field.type);
    case 'variant':
      return type.cases.flatMap((one) => one.type ?? []);
    case 'list':
    case 'fixed-list':
      return [type.element];
    case 'map':
      return [type.key, type.value];
    case 'tuple':
      return type.elements;
    case 'option':
      return [type.value];
    case 'result':
      return [type.ok, type.err].filter((part) => part !== undefined);
    case 'stream':
      return type.element ? [type.element] : [];
    case 'future':
      return type.value ? [type.value] : [];
    default:
      return [];
  }
}

/** The names that a type consists of, if it consists of names. */
function namesIn(type: ValueType): readonly string[] | undefined {
  if (type.kind === 'record') return type.fields.map(({ name }) => name);
  if (type.kind === 'variant') return type.cases.map(({ name }) => name);
  return type.kind === 'flags' || type.kind === 'enum' ? type.names : undefined;
}

function placed(span: SourceSpan | undefined, where: string): { span?: SourceSpan; where?: string } {
  return span ? { span } : { where };
}

/** The last place where a member's name stands in the braces of a type; the type's own name if it is that. */
function findMember(
  files: readonly WitFile[],
  contract: string,
  type: string,
  member: string,
): SourceSpan | undefined {
  return findIn(files, contract, (tokens) => {
    const start = tokens.findIndex((token, at) => sameName(token, type) && tokens[at + 1]?.text === '{');
    if (start === -1 || member === type) return tokens[start];
    return tokens
      .slice(start + 1, endOfBlock(tokens, start + 1))
      .findLast((token) => sameName(token, member));
  });
}

function findFunction(
  files: readonly WitFile[],
  contract: string,
  owner: string | undefined,
  name: string,
): SourceSpan | undefined {
  return findIn(files, contract, (tokens) => {
    const from = owner === undefined ? 0 : tokens.findIndex((token) => sameName(token, owner));
    return tokens.find(
      (token, at) => at >= from && sameName(token, name) && /^[:(]$/.test(tokens[at + 1]?.text ?? ''),
    );
  });
}

/** Looks through the declaration of an interface or world. */
function findIn(
  files: readonly WitFile[],
  contract: string,
  find: (tokens: readonly WitToken[]) => WitToken | undefined,
): SourceSpan | undefined {
  for (const { file, text } of files) {
    for (const chunk of chunksOf({ file, text })) {
      const tokens = tokenizeWit(chunk.text);
      for (const [at, token] of tokens.entries()) {
        if (token.text !== 'interface' && token.text !== 'world') continue;
        const name = tokens[at + 1];
        if (!name || tokens[at + 2]?.text !== '{') continue;
        if (chunk.package !== undefined && idIn(chunk.package, name.text.replace(/^%/, '')) !== contract)
          continue;
        const found = find(tokens.slice(at + 2, endOfBlock(tokens, at + 2) + 1));
        if (found) return { file, line: found.line, column: found.column, length: found.end - found.offset };
      }
    }
  }
  return undefined;
}

function sameName(token: WitToken, name: string): boolean {
  return token.text.replace(/^%/, '') === name;
}
