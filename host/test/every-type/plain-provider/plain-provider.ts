import { echoes } from '../echoes.ts';
import type { Values } from './contract.gen.ts';

export const values: Values = {
  ...echoes,
  anOptionInTheMiddle: async (a, b) => (b === 'nothing' ? null : a),
};
