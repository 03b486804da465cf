import { readFileSync } from 'node:fs';
import { problem, unwrap } from '../../diagnostics/error.ts';
import type { Plan } from '../../plan/types.ts';
import { httpRoutes } from '../../trigger/http/plan-routes.ts';
import { createRouter } from '../../trigger/http/routes.ts';

/** One HTTP request to an app. */
export interface BenchRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: string | Buffer;
  /** The service that answers it. */
  readonly service: string;
}

const METHODS = new Set(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']);

/**
 * The requests that an app is measured with: those that are named, as `POST /order {"details":"x"}` or with a file
 * as `POST /order @order.json`; else a GET of every route that is one path.
 *
 * @throws TenonError `cli/bench-request`
 */
export function requestsOf(plan: Plan, named: readonly string[]): readonly BenchRequest[] {
  const routes = httpRoutes(plan);
  const router = unwrap(createRouter(routes));
  const serviceOf = (path: string): string | undefined => router.match(path)?.route.service;
  if (named.length > 0) return named.map((text) => parse(text, serviceOf));
  const plain = routes.filter(({ route }) => !/[:*]|\.\.\./.test(route));
  if (plain.length > 0) return plain.map(({ route, service }) => ({ method: 'GET', path: route, service }));
  throw problem('cli/bench-request', 'nothing says which requests to measure', {
    where: plan.name,
    expected: `at least one --request, such as --request 'GET /orders/17'`,
    found: routes.length === 0 ? 'an app without HTTP routes' : routes.map(({ route }) => route).join(', '),
  });
}

function parse(text: string, serviceOf: (path: string) => string | undefined): BenchRequest {
  const [, method = '', path = '', body] = /^(\S+) +(\/\S*)(?: +([^]+))?$/.exec(text.trim()) ?? [];
  const refuse = (found: string): never => {
    throw problem('cli/bench-request', `the request ${JSON.stringify(text)} cannot be made`, {
      where: '--request',
      expected: `a method, the path of a route and, where it has one, a body: 'POST /order {"details":"x"}'`,
      found,
    });
  };
  if (!METHODS.has(method.toUpperCase()))
    return refuse(method === '' ? 'no method and path' : `the method ${method}`);
  const service = serviceOf(path.replace(/\?.*$/, ''));
  if (service === undefined) return refuse(`${path}, which no route matches`);
  if (body === undefined) return { method: method.toUpperCase(), path, service };
  const contents = body.startsWith('@') ? read(body.slice(1)) : body;
  return { method: method.toUpperCase(), path, body: contents, service };
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw problem('cli/unreadable-file', `${file} cannot be read`, { where: file, cause: error });
  }
}
