/**
 * A route as Spin's matcher sees it. The rules are those of the crate `routefinder` 0.5.4, on which Spin 3.6.3
 * builds (crates/routes): leading and trailing slashes of route and path do not count, nothing is decoded or
 * normalised, and `:name` ends at the next slash, or at the dot that follows it in the route.
 */
export type Segment =
  | { readonly kind: 'slash' }
  | { readonly kind: 'dot' }
  | { readonly kind: 'exact'; readonly text: string }
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'wildcard' };

/** What a path gave a route's parameters and its wildcard; the wildcard's text has no slash at either end. */
export interface Captures {
  readonly params: readonly (readonly [name: string, value: string])[];
  readonly wildcard?: string;
}

/** Splits a route into segments; a text is why the route cannot be used. */
export function parseRoute(route: string): Segment[] | string {
  // Sections at even places, the separators between them at odd ones.
  const parts = trimSlashes(route).split(/([./])/);
  const segments: Segment[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const separator = parts[index - 1];
    const segment = parseSection(parts[index] ?? '');
    if (typeof segment === 'string') return segment;
    if (separator === '.') pushDot(segments);
    if (segment !== undefined) {
      if (separator === '/') segments.push({ kind: 'slash' });
      segments.push(segment);
    }
  }
  const wildcard = segments.findIndex((segment) => segment.kind === 'wildcard');
  if (wildcard !== -1 && wildcard !== segments.length - 1) return 'a wildcard is only possible at the end';
  return segments;
}

function parseSection(section: string): Segment | undefined | string {
  if (section === '') return undefined;
  if (section === '*') return { kind: 'wildcard' };
  if (section.startsWith('*')) return 'a wildcard has no name: write `/...` at the end';
  if (section === ':') return 'a parameter needs a name, as in `/:id`';
  if (section.startsWith(':')) return { kind: 'param', name: section.slice(1) };
  return { kind: 'exact', text: section };
}

/** A dot belongs to the text before it, except behind a parameter, which it ends. */
function pushDot(segments: Segment[]): void {
  const last = segments.at(-1);
  if (last?.kind === 'exact') segments[segments.length - 1] = { kind: 'exact', text: `${last.text}.` };
  else segments.push({ kind: 'dot' });
}

/** What the path gives the route's captures, or nothing if it does not match. */
export function matchRoute(segments: readonly Segment[], path: string): Captures | undefined {
  let rest = trimSlashes(path);
  const params: [string, string][] = [];
  let wildcard: string | undefined;
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1];
    switch (segment.kind) {
      case 'exact':
        if (!rest.startsWith(segment.text)) return undefined;
        rest = rest.slice(segment.text.length);
        break;
      case 'param': {
        const end = paramEnd(rest, next?.kind === 'dot');
        if (end === undefined) return undefined;
        params.push([segment.name, rest.slice(0, end)]);
        rest = rest.slice(end);
        break;
      }
      case 'wildcard':
        wildcard = rest;
        rest = '';
        break;
      case 'slash':
        // The path may end here only if a wildcard follows: `/foo/...` matches `/foo`.
        if (rest.startsWith('/')) rest = rest.slice(1);
        else if (rest !== '' || next?.kind !== 'wildcard') return undefined;
        break;
      case 'dot':
        if (!rest.startsWith('.')) return undefined;
        rest = rest.slice(1);
        break;
    }
  }
  if (rest !== '' && rest !== '/') return undefined;
  return { params, ...(wildcard !== undefined && { wildcard }) };
}

function paramEnd(rest: string, atDot: boolean): number | undefined {
  if (rest === '') return undefined;
  if (!atDot) {
    const slash = rest.indexOf('/');
    return slash === -1 ? rest.length : slash;
  }
  const end = rest.search(/[./]/);
  return rest[end] === '.' ? end : undefined;
}

/**
 * Puts a route where it is tried in its turn: the more specific first, `exact > :param > wildcard` segment by
 * segment, the shorter of two alike, else the one that was added first.
 */
export function insertByPrecedence<T extends { readonly segments: readonly Segment[] }>(
  routes: T[],
  route: T,
): void {
  const place = routes.findIndex((other) => precedes(route.segments, other.segments));
  routes.splice(place === -1 ? routes.length : place, 0, route);
}

function precedes(mine: readonly Segment[], theirs: readonly Segment[]): boolean {
  for (const [index, segment] of mine.entries()) {
    const other = theirs[index];
    if (other === undefined) break;
    const order = compareSegments(segment, other);
    if (order !== 0) return order > 0;
  }
  const dots = countDots(mine) - countDots(theirs);
  return dots === 0 ? mine.length < theirs.length : dots > 0;
}

const RANK = { exact: 3, param: 2, wildcard: 1, dot: 0, slash: 0 } as const;

/** Above 0 where `mine` is more specific. A dot counts as more than any segment but a dot or a slash. */
function compareSegments(mine: Segment, theirs: Segment): number {
  const separators = RANK[mine.kind] === 0 && RANK[theirs.kind] === 0;
  if (mine.kind === 'dot' && !separators) return 1;
  return RANK[mine.kind] - RANK[theirs.kind];
}

function countDots(segments: readonly Segment[]): number {
  return segments.filter((segment) => segment.kind === 'dot').length;
}

function trimSlashes(path: string): string {
  let start = 0;
  let end = path.length;
  while (start < end && path[start] === '/') start++;
  while (end > start && path[end - 1] === '/') end--;
  return path.slice(start, end);
}
