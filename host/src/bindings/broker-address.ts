const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  mqtt: '1883',
  mqtts: '8883',
  redis: '6379',
  rediss: '6379',
};

/**
 * A broker's address as routes, logs and connections know it: scheme, host, port and for Redis the number of the
 * database, without user, query and fragment. `mqtt://user:secret@broker?client_id=a` → `mqtt://broker:1883`. Text
 * that is no address stays as it is.
 */
export function bareAddress(address: string): string {
  const url = URL.parse(address);
  if (!url || url.hostname === '') return address;
  const scheme = url.protocol.slice(0, -1);
  const port = url.port === '' ? DEFAULT_PORTS[scheme] : url.port;
  const database = scheme.startsWith('redis') ? url.pathname.replace(/\/+$/, '') : '';
  return `${scheme}://${url.hostname.toLowerCase()}${port === undefined ? '' : `:${port}`}${database}`;
}
