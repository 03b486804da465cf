import { failure, success, type Result } from '../../diagnostics/result.ts';
import { diagnose, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { insertByPrecedence, matchRoute, parseRoute, type Segment } from './route-spec.ts';

/** Paths below it are the host's own, whatever the routes say. */
export const WELL_KNOWN = '/.well-known/spin/';

/** A route of the manifest, and what answers it. */
export interface HttpRoute {
  /** In Spin's syntax: `/order`, `/orders/:id`, `/files/...`. */
  readonly route: string;
  /** The unit that handles it. */
  readonly unit: string;
  /** The service that the manifest names. */
  readonly service: string;
}

/** A route that a path has matched, with what the path gave it. */
export interface RouteMatch {
  readonly route: HttpRoute;
  /** The route made absolute, without a trailing slash. */
  readonly basedRoute: string;
  /** What `/...` matched, with its leading and trailing slash: '' for `/foo`, '/' for `/foo/`. */
  readonly pathInfo: string;
  readonly params: readonly (readonly [name: string, value: string])[];
}

export interface Router {
  /** Routes in the order in which they are tried. */
  readonly routes: readonly HttpRoute[];
  match(path: string): RouteMatch | undefined;
}

interface Entry {
  readonly route: HttpRoute;
  readonly basedRoute: string;
  readonly segments: readonly Segment[];
}

/**
 * Builds a router with the semantics of Spin 3.6.3 (crates/routes/src/lib.rs): exact before the longest
 * wildcard, whatever the order; `/foo/` is `/foo`; of two routes written alike, which a plan has not, the last wins.
 */
export function createRouter(routes: readonly HttpRoute[]): Result<Router> {
  const problems: Diagnostic[] = [];
  const notes: Diagnostic[] = [];
  // Keyed as written, as in Spin: a repeated route keeps the place of its first mention.
  const effective = new Map<string, HttpRoute>();
  for (const route of routes) effective.set(route.route, route);

  const entries: Entry[] = [];
  for (const route of effective.values()) {
    const basedRoute = stripSlash(route.route.startsWith('/') ? route.route : `/${route.route}`);
    const segments = parseRoute(basedRoute.endsWith('/...') ? `${basedRoute.slice(0, -3)}*` : basedRoute);
    if (typeof segments === 'string') problems.push(invalid(route, segments));
    else insertByPrecedence(entries, { route, basedRoute, segments });
    if (basedRoute.startsWith(WELL_KNOWN)) notes.push(reserved(route));
  }
  if (problems.length > 0) return failure(...problems, ...notes);
  return success(
    { routes: entries.map((entry) => entry.route), match: (path) => bestMatch(entries, path) },
    notes,
  );
}

function bestMatch(entries: readonly Entry[], path: string): RouteMatch | undefined {
  for (const { route, basedRoute, segments } of entries) {
    const captures = matchRoute(segments, path);
    if (captures === undefined) continue;
    return { route, basedRoute, pathInfo: pathInfo(captures.wildcard, path), params: captures.params };
  }
  return undefined;
}

/** Spin gives back the trailing slash that its matcher drops. */
function pathInfo(wildcard: string | undefined, path: string): string {
  if (wildcard === undefined) return '';
  const trailing = path.endsWith('/') ? '/' : '';
  return wildcard === '' ? trailing : `/${wildcard}${trailing}`;
}

function stripSlash(route: string): string {
  return route.endsWith('/') ? route.slice(0, -1) : route;
}

function invalid(route: HttpRoute, reason: string): Diagnostic {
  return diagnose(
    'trigger/invalid-route',
    `the route ${route.route} of ${route.service} cannot be used: ${reason}`,
    {
      where: `trigger.http ${route.route}`,
      expected: 'a path such as /order, /orders/:id or /files/...',
      found: route.route,
    },
  );
}

function reserved(route: HttpRoute): Diagnostic {
  return diagnose(
    'trigger/reserved-route',
    `the route ${route.route} lies below ${WELL_KNOWN}, which the host answers itself`,
    {
      where: `trigger.http ${route.route}`,
      expected: `a route outside ${WELL_KNOWN}`,
      found: route.route,
    },
  );
}
