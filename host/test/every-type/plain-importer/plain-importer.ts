import * as values from 'tenon:every-type/values@1.0.0';
import { answerCalls } from '../calls.ts';

export default {
  fetch: (request: Request): Promise<Response> => answerCalls(request, { values }),
};
