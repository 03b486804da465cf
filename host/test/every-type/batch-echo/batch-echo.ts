import { echoes } from '../echoes.ts';
import type { Batches, Values } from './contract.gen.ts';

export const values: Values = {
  ...echoes,
  anOptionInTheMiddle: (a, b) => (b === 'nothing' ? null : a),
};

export const batches: Batches = { ...echoes, anOptionInTheMiddle: (calls) => calls };
