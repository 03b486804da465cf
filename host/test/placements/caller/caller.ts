import { outcomeOf } from '../../every-type/calls.ts';
import { encode } from '../../every-type/encoding.ts';
import { CALLS } from './calls.ts';

/** `GET /<call>?<argument>` makes one of the calls and answers its outcome. */
export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const call = CALLS[pathname.slice(1)];
    if (call === undefined) return new Response(null, { status: 404 });
    const argument = decodeURIComponent(search.slice(1));
    const outcome = outcomeOf(() => call(argument)) as { value?: unknown };
    return new Response(encode({ ...outcome, ...('value' in outcome && { value: await outcome.value }) }));
  },
};
