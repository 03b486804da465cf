import type { SpinRequest, SpinResponse } from '../../src/http/spin.ts';

/** `fermyon:spin/http` that answers as it is told, and keeps what it was sent. */
export const host: { sent: SpinRequest[]; answer: (request: SpinRequest) => SpinResponse } = {
  sent: [],
  answer: () => ({ status: 200, headers: [], body: null }),
};

export function sendRequest(request: SpinRequest): SpinResponse {
  host.sent.push(request);
  return host.answer(request);
}
