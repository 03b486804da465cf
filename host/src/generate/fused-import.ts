import type { InstanceType } from '../component/types.ts';
import { contractOf, type ContractFunction } from '../contract/interface.ts';
import { camelCase, interfaceName } from '../contract/names.ts';
import { importLine, type RuntimeModules } from './modules.ts';
import { teeTexts, type Tee } from './tee-text.ts';
import { typeTexts, type TypeTexts } from './type-text.ts';

export interface FusedImport {
  readonly importer: string;
  readonly provider: string;
  /** The contract's name as the importer has it and as the provider does. */
  readonly contract: string;
  readonly provided: string;
  /** As the importer's world has it, without resources. */
  readonly type: InstanceType;
  readonly modules: FusedModules;
  /** Where copies of its calls are published, and what the text of those copies imports. */
  readonly tee?: { readonly copies: Tee; readonly modules: RuntimeModules };
}

/** Module specifiers for the generated text. */
export interface FusedModules {
  /** The provider's entry module. */
  readonly entry: string;
  /** `contract/codec.ts` and `contract/mismatch.ts` of the host. */
  readonly codec: string;
  readonly mismatch: string;
  /** `fused/fuse.ts` of the guest. */
  readonly fuse: string;
}

/**
 * The module that stands for a contract which another service of the same engine provides. It exports what an
 * import of the contract has: its functions, each calling the provider's through the codec of its types.
 * TypeScript.
 */
export function fusedImport(request: FusedImport): string {
  const { importer, provider, contract, provided, type, modules, tee } = request;
  const types = typeTexts();
  const tees = tee && teeTexts(tee.copies, types, tee.modules);
  const own = camelCase(interfaceName(provided));
  const text = JSON.stringify;
  // Exported apart from their definition: a function of WIT may have the name of a JavaScript keyword.
  const functions = contractOf(contract, type).functions.map((one, at) => {
    const call = `fuse(edge, ${functionText(one, types)})`;
    const whole = tees ? tees.wrap(provided, one, call) : call;
    return `const f${at} = ${whole};\nexport { f${at} as ${camelCase(one.name)} };\n`;
  });
  return [
    `import * as provider from ${text(modules.entry)};\n`,
    `import { copyOf } from ${text(modules.codec)};\n`,
    `import { within } from ${text(modules.mismatch)};\n`,
    `import { fuse } from ${text(modules.fuse)};\n`,
    ...(tee && tees ? [importLine(['toJsonOf'], tee.modules.contract('json.ts')), tees.imports()] : []),
    'type ValueType = Parameters<typeof copyOf>[0];\n',
    types.declarations(),
    `const owner = (provider as Record<string, unknown>)[${text(own)}];\n`,
    `const edge = { importer: ${text(importer)}, provider: ${text(provider)}, name: ${text(own)}, owner, within };\n`,
    ...functions,
  ].join('');
}

/** Names, and what copies the arguments, the result and the error. */
function functionText({ name, type }: ContractFunction, types: TypeTexts): string {
  const copy = (part: Parameters<TypeTexts['nameOf']>[0]): string => `copyOf(${types.nameOf(part)})`;
  const params = type.params.map(
    (param) => `{ name: ${JSON.stringify(camelCase(param.name))}, copy: ${copy(param.type)} }`,
  );
  const { result } = type;
  const value = result?.kind === 'result' ? result.ok : result;
  return (
    [
      `{ name: ${JSON.stringify(camelCase(name))}, params: [${params.join(', ')}]`,
      ...(value ? [`result: ${copy(value)}`] : []),
      ...(result?.kind === 'result' ? [result.err ? `error: ${copy(result.err)}` : "error: 'empty'"] : []),
    ].join(', ') + ' }'
  );
}
