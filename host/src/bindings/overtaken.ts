import { problem, type TenonError } from '../diagnostics/error.ts';

/** What ends a run whose reads were overtaken before it called out: the runtime runs the event again. */
export function overtaken(): TenonError {
  return problem('bindings/overtaken', 'another event has changed what this one had read');
}
