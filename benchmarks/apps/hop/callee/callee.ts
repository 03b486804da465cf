import type { Callee } from './contract.gen.ts';

export const callee: Callee = {
  ping: (n) => n + 1,
  echo: (text) => text,
  judge: (order) => (order.lines.every((line) => line.quantity > 0) ? 'accepted' : 'refused'),
};
