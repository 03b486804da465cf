import { Malformed } from '../binary/malformed.ts';
import { skipCoreValueType } from '../binary/core-module.ts';
import type { Reader } from '../binary/reader.ts';
import { readResultList } from './decode-type.ts';
import type { Canon, CanonOption } from './syntax.ts';

/** What follows a canonical built-in's opcode, in order. */
type Immediate =
  | 'type'
  | 'options'
  | 'results'
  | 'flag'
  | 'memory'
  | 'core-type'
  | 'core-table'
  | 'core-value-type'
  | 'number';

/**
 * Source: Binary.md, "Canonical Definitions", and wasm-tools 1.262, which writes no `shared` flag before the threads of
 * 0x40 to 0x42; `lift` and `lower` are read apart.
 */
const BUILT_INS: ReadonlyMap<number, readonly [name: string, ...immediates: Immediate[]]> = new Map([
  [0x02, ['resource.new', 'type']],
  [0x03, ['resource.drop', 'type']],
  [0x07, ['resource.drop async', 'type']],
  [0x04, ['resource.rep', 'type']],
  [0x05, ['task.cancel']],
  [0x06, ['subtask.cancel', 'flag']],
  [0x08, ['backpressure.set']],
  [0x09, ['task.return', 'results', 'options']],
  [0x0a, ['context.get', 'core-value-type', 'number']],
  [0x0b, ['context.set', 'core-value-type', 'number']],
  [0x0c, ['thread.yield', 'flag']],
  [0x0d, ['subtask.drop']],
  [0x0e, ['stream.new', 'type']],
  [0x0f, ['stream.read', 'type', 'options']],
  [0x10, ['stream.write', 'type', 'options']],
  [0x11, ['stream.cancel-read', 'type', 'flag']],
  [0x12, ['stream.cancel-write', 'type', 'flag']],
  [0x13, ['stream.drop-readable', 'type']],
  [0x14, ['stream.drop-writable', 'type']],
  [0x15, ['future.new', 'type']],
  [0x16, ['future.read', 'type', 'options']],
  [0x17, ['future.write', 'type', 'options']],
  [0x18, ['future.cancel-read', 'type', 'flag']],
  [0x19, ['future.cancel-write', 'type', 'flag']],
  [0x1a, ['future.drop-readable', 'type']],
  [0x1b, ['future.drop-writable', 'type']],
  [0x1c, ['error-context.new', 'options']],
  [0x1d, ['error-context.debug-message', 'options']],
  [0x1e, ['error-context.drop']],
  [0x1f, ['waitable-set.new']],
  [0x20, ['waitable-set.wait', 'flag', 'memory']],
  [0x21, ['waitable-set.poll', 'flag', 'memory']],
  [0x22, ['waitable-set.drop']],
  [0x23, ['waitable.join']],
  [0x24, ['backpressure.inc']],
  [0x25, ['backpressure.dec']],
  [0x26, ['thread.index']],
  [0x27, ['thread.new-indirect', 'core-type', 'core-table']],
  [0x28, ['thread.resume-later']],
  [0x29, ['thread.suspend', 'flag']],
  [0x2a, ['thread.suspend-then-resume', 'flag']],
  [0x2b, ['thread.yield-then-resume', 'flag']],
  [0x2c, ['thread.suspend-then-promote', 'flag']],
  [0x2d, ['thread.yield-then-promote', 'flag']],
  [0x2e, ['stream.forward', 'type']],
  [0x2f, ['future.forward', 'type']],
  [0x40, ['thread.spawn-ref', 'core-type']],
  [0x41, ['thread.spawn-indirect', 'core-type', 'core-table']],
  [0x42, ['thread.available-parallelism']],
]);

/** Names of the canonical definitions that only components with async tasks, streams or threads use. */
export function isAsyncCanon(canon: Canon): boolean {
  if (canon.options.some((option) => option.name === 'async' || option.name === 'callback')) return true;
  return !['lift', 'lower', 'resource.new', 'resource.drop', 'resource.rep'].includes(canon.name);
}

export function readCanon(reader: Reader): Canon {
  const opcode = reader.byte();
  if (opcode === 0x00) {
    expectFuncSort(reader);
    const func = reader.u32();
    const options = readOptions(reader);
    return { name: 'lift', defines: 'func', func, options, type: reader.u32() };
  }
  if (opcode === 0x01) {
    expectFuncSort(reader);
    return { name: 'lower', defines: 'core func', func: reader.u32(), options: readOptions(reader) };
  }
  const builtIn = BUILT_INS.get(opcode);
  if (!builtIn) throw reader.unknown('canonical definition', opcode);
  const [name, ...immediates] = builtIn;
  let type: number | undefined;
  let options: CanonOption[] = [];
  for (const immediate of immediates) {
    switch (immediate) {
      case 'type':
        type = reader.u32();
        break;
      case 'options':
        options = readOptions(reader);
        break;
      case 'results':
        readResultList(reader);
        break;
      case 'flag':
        if (reader.byte() > 1)
          throw new Malformed('malformed', 'a flag is neither 0 nor 1', reader.offset - 1);
        break;
      case 'core-value-type':
        skipCoreValueType(reader);
        break;
      default:
        reader.u32();
    }
  }
  return { name, defines: 'core func', options, ...(type !== undefined && { type }) };
}

function expectFuncSort(reader: Reader): void {
  const sort = reader.byte();
  if (sort !== 0x00) throw reader.unknown('sort of a canonical definition', sort);
}

const OPTIONS: ReadonlyMap<number, readonly [name: CanonOption['name'], indexed: boolean]> = new Map([
  [0x00, ['utf8', false]],
  [0x01, ['utf16', false]],
  [0x02, ['latin1+utf16', false]],
  [0x03, ['memory', true]],
  [0x04, ['realloc', true]],
  [0x05, ['post-return', true]],
  [0x06, ['async', false]],
  [0x07, ['callback', true]],
  [0x08, ['core-type', true]],
  [0x09, ['gc', false]],
]);

function readOptions(reader: Reader): CanonOption[] {
  return reader.vector((r): CanonOption => {
    const opcode = r.byte();
    const option = OPTIONS.get(opcode);
    if (!option) throw r.unknown('canonical option', opcode);
    const [name, indexed] = option;
    return indexed ? { name, index: r.u32() } : { name };
  });
}
