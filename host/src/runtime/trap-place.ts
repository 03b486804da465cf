/**
 * Frames of the module between a QuickJS service and the canonical ABI, which names its functions: `adapter
 * a-record` around a call that the service makes, `tenon:shop/till@1.0.0#open` where it is called.
 */
const FRAME = /^\s+at (?:adapter (?<called>\S+)|(?<provided>\S+#\S+)) \(wasm:/m;

/**
 * Where a trap happened as far as its stack tells, to be put after its message; empty where it does not. An
 * engine that meets a value of the wrong type traps without saying of which function.
 */
export function trapPlace(stack: string | undefined): string {
  const { called, provided } = FRAME.exec(stack ?? '')?.groups ?? {};
  if (called !== undefined) return ` (in a call of ${called}, with its arguments or its result)`;
  return provided === undefined ? '' : ` (in ${provided})`;
}
