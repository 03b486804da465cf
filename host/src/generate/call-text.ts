import type { ValueType } from '../component/types.ts';
import type { ContractFunction } from '../contract/interface.ts';
import { camelCase } from '../contract/names.ts';
import type { TypeTexts } from './type-text.ts';

/** Functions of `contract/json.ts`: to write values down, or to read them. */
export type MappingName = 'toJsonOf' | 'fromJsonOf';

/** Members of the text of a function, for those who carry its calls; undefined for what it has not. */
export interface CallTexts {
  readonly name: string;
  readonly params: string;
  /** The mapping of the arguments: all by name, or of the only one where that is a record. */
  readonly arguments: string;
  readonly whole: string;
  readonly result: string | undefined;
  readonly error: string | undefined;
}

/** One record is the whole message; else the arguments are its members. See docs/wire-format.md, Messages. */
export function callTexts(
  { name, type: { params, result } }: ContractFunction,
  types: TypeTexts,
  mappings: { readonly arguments: MappingName; readonly answer: MappingName },
): CallTexts {
  const map = (mapping: MappingName, type: ValueType): string => `${mapping}(${types.nameOf(type)})`;
  const [only, ...others] = params;
  const whole = only?.type.kind === 'record' && others.length === 0;
  const value = result?.kind === 'result' ? result.ok : result;
  return {
    name: JSON.stringify(camelCase(name)),
    params: `[${params.map((param) => JSON.stringify(camelCase(param.name))).join(', ')}]`,
    arguments: map(mappings.arguments, whole ? only.type : { kind: 'record', fields: params }),
    whole: String(whole),
    result: value && map(mappings.answer, value),
    error:
      result?.kind === 'result' ? (result.err ? map(mappings.answer, result.err) : "'empty'") : undefined,
  };
}
