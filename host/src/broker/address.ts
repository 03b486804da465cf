import { problem } from '../diagnostics/error.ts';

const SCHEMES = { mqtt: ['mqtt', 'mqtts'], redis: ['redis', 'rediss'] } as const;
const EXAMPLES = { mqtt: 'mqtt://127.0.0.1:1883', redis: 'redis://127.0.0.1:6379' } as const;

/**
 * Checks an address that somebody gave for a kind of broker, `mqtt://[user:secret@]host[:port]`, and gives it as it
 * is; `host` and `host:port` get the kind's scheme.
 *
 * @param where who gave it: `--mqtt`, or a variable's name
 * @throws TenonError `broker/address`
 */
export function parseBrokerAddress(kind: 'mqtt' | 'redis', text: string, where: string): string {
  const address = text.includes('://') ? text : `${kind}://${text}`;
  const url = URL.parse(address);
  const refuse = (found: string): never => {
    throw problem('broker/address', `\`${withoutSecret(text)}\` is no address for ${kind}`, {
      where,
      expected: `${listed(kind)}, such as ${EXAMPLES[kind]}`,
      found,
    });
  };
  if (!url || url.hostname === '') return refuse('no host');
  const schemes: readonly string[] = SCHEMES[kind];
  const scheme = url.protocol.slice(0, -1);
  if (!schemes.includes(scheme)) return refuse(`the scheme ${scheme}`);
  const path = kind === 'mqtt' ? /^\/?$/ : /^(?:\/\d*)?$/;
  if (!path.test(url.pathname)) return refuse(`the path ${url.pathname}`);
  if (url.hash !== '') return refuse(`the fragment ${url.hash}`);
  return address;
}

function listed(kind: 'mqtt' | 'redis'): string {
  const database = kind === 'redis' ? '[/database]' : '';
  return SCHEMES[kind].map((scheme) => `${scheme}://[user:password@]host[:port]${database}`).join(' or ');
}

/** Errors are printed and logged. */
function withoutSecret(address: string): string {
  return address.replace(/^((?:[^/@]*\/\/)?[^/@:]*):[^@]*@/, '$1:***@');
}
