/**
 * Whether a text is a route in Spin's syntax, as far as it can match anything: an absolute path of texts and
 * `:name` parameters, divided by slashes and dots, with a wildcard, `...` or `*`, only at the end.
 *
 * Source: Spin 3.6.3, crates/routes, and the crate routefinder 0.5.4.
 */
export function isRoute(route: string): boolean {
  if (!route.startsWith('/') || /[\s?#]|\/\//.test(route)) return false;
  const path = route.replace(/\/\.\.\.$/, '/*');
  if (path.includes('...')) return false;
  const sections = path.split(/[./]/);
  return sections.every((section, position) => {
    if (section === '*') return position === sections.length - 1;
    return section !== ':' && !section.startsWith('*');
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
    .replaceAll(/([/.]):[^/.]+/g, '$1:');
}
