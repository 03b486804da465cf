import { decode, encode } from './encoding.ts';

type Contracts = Readonly<Record<string, object>>;

/**
 * Answers `POST` with a line for each call to make, `[contract, function, arguments]` in encoding.ts's writing,
 * by a line for each outcome. All calls of a request belong to one event.
 */
export async function answerCalls(request: Request, contracts: Contracts): Promise<Response> {
  const outcomes = (await request.text()).split('\n').map((line) => {
    const [contract, name, args] = decode(line) as [string, string, unknown[]];
    const called: unknown = Reflect.get(contracts[contract] ?? {}, name);
    if (typeof called !== 'function') throw new TypeError(`there is no ${contract}.${name}`);
    return encode(outcomeOf(() => Reflect.apply(called, undefined, args)));
  });
  return new Response(outcomes.join('\n'));
}

/** What a call gave, or what it threw. */
export function outcomeOf(work: () => unknown): unknown {
  try {
    return { value: work() };
  } catch (error) {
    if (!(error instanceof Error)) return { thrown: error };
    const { name, message } = error;
    return 'payload' in error ? { name, message, payload: error.payload } : { name, message };
  }
}
