import { ask } from 'bench:far/far@0.1.0';

export default {
  fetch(): Response {
    return new Response(String(ask(0)));
  },
};
