/** A module of several services: each has it for itself. */
let calls = 0;

export function count(): number {
  calls += 1;
  return calls;
}
