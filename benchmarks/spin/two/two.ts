import { ask } from 'bench:near/near@0.1.0';

export default {
  fetch(): Response {
    return new Response(String(ask(1)));
  },
};
