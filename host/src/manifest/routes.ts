/**
 * Whether a text is a route in Spin's syntax as far as it has a meaning: an absolute path of plain segments and
 * `:name` parameters, with a wildcard `...` or `*` only at the end. Source: Spin, crates/routes.
 */
export function isRoute(route: string): boolean {
  if (!route.startsWith('/') || /[\s?#]/.test(route) || route.includes('//')) return false;
  const segments = route.slice(1).split('/');
  return segments.every((segment, position) => {
    if (segment === '...' || segment === '*') return position === segments.length - 1;
    return segment === '' || /^(:[A-Za-z_][A-Za-z0-9_-]*|[^:*][^*]*)$/.test(segment);
  });
}

/**
 * What two routes have in common exactly when they match the same paths: one trailing slash is dropped, `/*`
 * is `/...`, and a parameter's name does not count.
 */
export function routeIdentity(route: string): string {
  return route
    .replace(/\/\*$/, '/...')
    .replace(/\/$/, '')
    .replaceAll(/\/:[^/]+/g, '/:');
}
