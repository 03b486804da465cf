import { coreExports, coreImports, coreMemories, coreNames } from '../../../src/binary/core-module.ts';
import { Malformed } from '../../../src/binary/malformed.ts';
import { decodeComponent } from '../../../src/component/decode.ts';
import { componentTypeOf } from '../../../src/component/signature.ts';
import { decodeWorld } from '../../../src/component/world.ts';
import type { Result } from '../../../src/diagnostics/result.ts';
import { compose } from '../../../src/link/compose.ts';
import { diff } from '../../../src/link/diff.ts';
import { inspect } from '../../../src/link/inspect/inspect.ts';

export interface Outcome {
  /** Whether its types could be worked out. */
  readonly decoded: boolean;
  /** The component that it was composed to, with others. */
  readonly composed?: Uint8Array;
}

/**
 * Gives hostile bytes to everything that reads components, beside a provider and an importer that they may fit.
 * Throws unless each comes to a value or to diagnostics that say where and what.
 */
export function outcomeOf(hostile: Uint8Array, provider: Uint8Array, importer: Uint8Array): Outcome {
  for (const read of [coreImports, coreExports, coreMemories, coreNames])
    expectMalformed(() => read(hostile));
  const syntax = expectResult('decodeComponent', decodeComponent(hostile));
  const type = expectResult('componentTypeOf', componentTypeOf(hostile));
  if (type && !syntax) throw new Error('types were worked out of what cannot be decoded');
  expectResult('inspect', inspect(hostile));
  const input = { name: 'hostile', bytes: hostile };
  const root = expectResult('compose', compose([input, { name: 'provider', bytes: provider }]));
  // What cannot be decoded is refused at the same place by all others.
  if (!type) return { decoded: false };
  const served = expectResult('compose', compose([{ name: 'importer', bytes: importer }, input]));
  expectResult('diff', diff(provider, hostile));
  expectResult('diff', diff(hostile, provider));
  expectResult('decodeWorld', decodeWorld(hostile));
  const composed = root ?? served;
  return { decoded: true, ...(composed && { composed: composed.bytes }) };
}

function expectResult<T>(of: string, result: Result<T>): T | undefined {
  const errors = result.diagnostics.filter(({ severity }) => severity === 'error');
  if (result.ok !== (errors.length === 0)) throw new Error(`${of}: a value and errors, or neither`);
  for (const one of errors)
    if (one.code === undefined || one.where === undefined || one.message === '')
      throw new Error(`${of}: a diagnostic that does not say where: ${JSON.stringify(one)}`);
  return result.ok ? result.value : undefined;
}

function expectMalformed(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
  }
}
