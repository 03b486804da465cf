// Generated from the world bench:hop-caller/caller@0.1.0 by `tenon types`; do not edit.
/// <reference path="./imports.gen.d.ts" />

import type { Request, Response } from 'fermyon:spin/http-types';
export type { Request, Response };

/** Answering HTTP requests: what an HTTP trigger calls. */
export interface InboundHttp {
  /** Answers one request. */
  handleRequest(req: Request): Response | Promise<Response>;
}

export interface World {
  inboundHttp: InboundHttp;
}
