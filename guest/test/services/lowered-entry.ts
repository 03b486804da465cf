export { drive } from '../../src/async/loop.ts';
export { programs } from './lowered.ts';
