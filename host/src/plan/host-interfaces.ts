import { parseInterfaceId } from '../component/names.ts';
import type { Grant } from './types.ts';

/** What a service needs to import an interface of the host: a kind of grant, or nothing. */
export interface HostInterface {
  /** Id without version; with a `/` at the end the whole package. */
  readonly id: string;
  readonly grant?: Grant['kind'];
  /** The only version that is given; none where absent, except that WASI is given on the track of 0.2. */
  readonly version?: string;
}

/** Everything that the host gives, and the grant it needs. The first entry that fits counts. */
export const HOST_INTERFACES: readonly HostInterface[] = [
  { id: 'fermyon:spin/key-value', grant: 'key-value', version: '2.0.0' },
  { id: 'fermyon:spin/variables', grant: 'variables', version: '2.0.0' },
  { id: 'fermyon:spin/redis', grant: 'redis', version: '2.0.0' },
  { id: 'fermyon:spin/mqtt', grant: 'mqtt', version: '2.0.0' },
  { id: 'fermyon:spin/http', grant: 'http' },
  { id: 'fermyon:spin/http-types' },
  { id: 'wasi:http/outgoing-handler', grant: 'http' },
  { id: 'wasi:http/types' },
  { id: 'wasi:keyvalue/', grant: 'key-value' },
  { id: 'wasi:config/', grant: 'variables' },
  { id: 'wasi:clocks/monotonic-clock', grant: 'clocks' },
  { id: 'wasi:clocks/wall-clock', grant: 'clocks' },
  { id: 'wasi:random/random', grant: 'random' },
  { id: 'wasi:random/insecure', grant: 'random' },
  { id: 'wasi:random/insecure-seed', grant: 'random' },
  { id: 'wasi:cli/environment', grant: 'environment' },
  { id: 'wasi:cli/exit' },
  { id: 'wasi:cli/stdin', grant: 'stdio' },
  { id: 'wasi:cli/stdout', grant: 'stdio' },
  { id: 'wasi:cli/stderr', grant: 'stdio' },
  { id: 'wasi:cli/terminal-input', grant: 'stdio' },
  { id: 'wasi:cli/terminal-output', grant: 'stdio' },
  { id: 'wasi:cli/terminal-stdin', grant: 'stdio' },
  { id: 'wasi:cli/terminal-stdout', grant: 'stdio' },
  { id: 'wasi:cli/terminal-stderr', grant: 'stdio' },
  { id: 'wasi:io/' },
];

/** Whether a name belongs to the host's packages, so that no service can be meant: `wasi:*`, `spin:*`, `fermyon:spin`. */
export function isHostName(name: string): boolean {
  const id = parseInterfaceId(name);
  if (!id) return false;
  return id.namespace === 'wasi' || id.namespace === 'spin' || id.path.startsWith('fermyon:spin/');
}

/** The table's entry for an import, versions aside. */
export function hostInterface(name: string): HostInterface | undefined {
  return HOST_INTERFACES.find(({ id }) => isUnder(name, id));
}

/** Whether an interface is `id`, or in the package `id` where that ends with `/`. */
export function isUnder(name: string, id: string): boolean {
  const path = parseInterfaceId(name)?.path;
  return path !== undefined && (id.endsWith('/') ? path.startsWith(id) : path === id);
}
