import { Store } from 'fermyon:spin/key-value@2.0.0';
import * as batches from 'tenon:every-type/batches@1.0.0';
import * as notes from 'tenon:every-type/notes@1.0.0';
import * as values from 'tenon:every-type/values@1.0.0';
import { answerCalls } from '../calls.ts';

/** `POST /` makes calls, see calls.ts. `GET /<function>` answers what has been noted of it, `DELETE` forgets that. */
export default {
  fetch(request: Request): Response | Promise<Response> {
    if (request.method === 'POST') return answerCalls(request, { values, batches, notes });
    const key = new URL(request.url).pathname.slice(1);
    const store = Store.open('default');
    if (request.method === 'DELETE') store.delete(key);
    const noted = store.get(key);
    return new Response(noted, { status: noted ? 200 : 404 });
  },
};
