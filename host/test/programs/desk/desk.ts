import { makeDesk } from '../make-desk.ts';
import type { Desk } from './contract.gen.ts';

export const desk: Desk = makeDesk();
