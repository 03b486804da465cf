import { replaced } from './glue-text.ts';

/** What the glue makes of a task for a call of the host: nothing, for nothing asks it anything. */
const HOST_TASK = `const HOST_TASK = {
    id: () => 0n,
    componentIdx: () => -1,
    getParentSubtask: () => undefined,
    setErrored() {},
    resolve() {},
    reject() {},
    exit() {},
  };`;

/** The wrapper of one function of the host, which makes a subtask of its caller's task, twice: with and without JSPI. */
const WRAPPED =
  /let trampoline(\d+) = _trampoline\1\.manuallyAsync \? [\s\S]*?\n +\)\)\) : _lowerImportBackwardsCompat\.bind\(\n +null,\n +\{\n +trampolineIdx: \1,\n +componentIdx: (\d+),\n +isAsync: false,\n[\s\S]*?\n +importFn: _trampoline\1,\n +\},\n +\);/g;
/** The function itself, which makes a task beside it. */
const FUNCTION = /const _trampoline(\d+) = function\([^)]*\) \{\n/g;
const TASK =
  / const hostProvided = true;\n\s*\n +let parentTask;\n +let task;\n[\s\S]*?\n +const started = task\.enterSync\(\);\n/g;
const CALL =
  /_withGlobalCurrentTaskMeta\(\{\n +componentIdx: task\.componentIdx\(\),\n +taskID: task\.id\(\),\n +fn: \(\) => _trackHostOperation\(\(\) => (.*)\),\n +\}\)/g;
const NAME = /(_trampoline\d+)\.fnName = .*;/g;
/** Looks a switch up in the environment at every step. */
const DEBUG_LOG = /const _debugLog = \(\.\.\.args\) => \{\n.*\n.*\n +\};/g;
/** Around whatever drops a handle: checks that its holder may leave its instance. */
const DROP = / return function \(\.\.\.args\) \{\n( +_checkMayLeave\(componentIdx\);\n.*\n +)\};/g;

/**
 * Takes the bookkeeping of async tasks out of calls of the host, in the glue of jco 1.35.
 *
 * For every such call the glue makes two tasks, registers them and lets go of them again, which takes several
 * times as long as the call. Nothing looks at them unless something in the component is async: this is for
 * components in which nothing is (see componentFacts), as are the fast intrinsics, which go by the mark
 * `taskless` that host calls get here. The rest of what the glue does stays: it checks that the caller may
 * leave its instance, lifts and lowers values, and notes traps.
 *
 * @param ownResources whether the component defines resources: dropping a handle may then call a guest
 * @throws TenonError `internal/bug` for glue in which any of this is not as expected
 */
export function shortenHostCalls(glue: string, ownResources: boolean): string {
  const callers = new Map<string, string>();
  let text = replaced(glue, /let trampoline(\d+) = _trampoline\1\./g, WRAPPED, (_, number, caller) => {
    callers.set(number, caller);
    return `let trampoline${number} = _trampoline${number};`;
  });
  text = text.replace(FUNCTION, (head, number: string) => {
    const caller = callers.get(number);
    return caller === undefined ? head : `${head}    _checkMayLeave(${caller});\n`;
  });
  text = replaced(text, / const hostProvided = true;/g, TASK, () => ' const task = HOST_TASK;\n');
  text = replaced(text, /\(\) => _trackHostOperation\(/g, CALL, (_, call) => call);
  text = replaced(text, NAME, NAME, (_, name) => `${name}.taskless = true;`);
  text = replaced(text, /const _debugLog =/g, DEBUG_LOG, () => `const _debugLog = () => {};\n  ${HOST_TASK}`);
  if (ownResources) return text;
  return replaced(
    text,
    /function _guardMayLeave\(/g,
    DROP,
    (_, body) => ` return Object.assign(function (...args) {\n${body}}, { taskless: true });`,
  );
}
