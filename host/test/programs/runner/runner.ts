import * as desk from 'tenon:programs/desk@1.0.0';

type Program = (from: typeof desk) => string;

function programOf(text: string): Program {
  try {
    // oxlint-disable-next-line no-implied-eval -- programs are made up while this runs
    return new Function('desk', text) as Program;
  } catch (error) {
    return () => `no program: ${String(error)}`;
  }
}

/** Runs the program that is in a header: the body of a function that gives a text. */
export default {
  fetch(request: Request): Response {
    const text = decodeURIComponent(request.headers.get('x-program')!);
    return new Response(programOf(text)(desk));
  },
};
