import * as resources from 'tenon:every-type/resources@1.0.0';
import * as results from 'tenon:every-type/results@1.0.0';
import * as values from 'tenon:every-type/values@1.0.0';
import { answerCalls, outcomeOf } from '../calls.ts';
import { encode } from '../encoding.ts';
import { battery } from './battery.ts';
import { MISUSES } from './misuses.ts';

/**
 * `POST /` makes calls, see calls.ts. `GET /run` runs the battery and answers its failures; `GET
 * /misuse/<name>` answers the outcome of one misuse of a handle.
 */
export default {
  fetch(request: Request): Response | Promise<Response> {
    const [, what, name = ''] = new URL(request.url).pathname.split('/');
    if (what === 'run') return Response.json(battery());
    const misuse = MISUSES[name];
    if (what === 'misuse' && misuse) return new Response(encode(outcomeOf(misuse)));
    return answerCalls(request, { resources, results, values });
  },
};
