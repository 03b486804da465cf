import type { Sort } from './syntax.ts';
import type { PrimitiveName } from './types.ts';

/** Source: component-model, design/mvp/Binary.md, "Type Definitions". */
export const PRIMITIVE_OPCODE: Readonly<Record<PrimitiveName, number>> = {
  bool: 0x7f,
  s8: 0x7e,
  u8: 0x7d,
  s16: 0x7c,
  u16: 0x7b,
  s32: 0x7a,
  u32: 0x79,
  s64: 0x78,
  u64: 0x77,
  f32: 0x76,
  f64: 0x75,
  char: 0x74,
  string: 0x73,
  'error-context': 0x64,
};

/** Core sorts have two bytes, of which the second alone stands where only they can. Source: Binary.md, "Instance Definitions". */
export const SORT_BYTES: Readonly<Record<Sort, readonly number[]>> = {
  'core func': [0x00, 0x00],
  'core table': [0x00, 0x01],
  'core memory': [0x00, 0x02],
  'core global': [0x00, 0x03],
  'core tag': [0x00, 0x04],
  'core type': [0x00, 0x10],
  'core module': [0x00, 0x11],
  'core instance': [0x00, 0x12],
  func: [0x01],
  value: [0x02],
  type: [0x03],
  component: [0x04],
  instance: [0x05],
};
