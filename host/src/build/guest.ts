import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Sources as they are in the repository, or compiled in the package: the layout beside each other is the same. */
const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** The folder of the guest's modules; `host/src/build` and `guest/src` lie beside each other in both layouts. */
export const GUEST_FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'guest', 'src');

/** The absolute file of a guest module that is named as in the sources: `http/serve.ts`. */
export function guestFile(module: string): string {
  return join(GUEST_FOLDER, module.replace(/\.ts$/, EXTENSION));
}

/** Whether a module of a bundle is the guest's. */
export function isGuestFile(file: string): boolean {
  return file.startsWith(GUEST_FOLDER);
}

/** The folder of the value codec, which bundles of fused services have in them; both layouts likewise. */
const CONTRACT_FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..', 'contract');

/** The absolute file of a module of the room `contract` that is named as in the sources: `codec.ts`. */
export function contractFile(module: string): string {
  return join(CONTRACT_FOLDER, module.replace(/\.ts$/, EXTENSION));
}

/** A module that Tenon adds to bundles, as source maps name it wherever it is installed; undefined for others. */
export function ownModule(file: string): string | undefined {
  if (isGuestFile(file)) return join('guest', relative(GUEST_FOLDER, file));
  return file.startsWith(CONTRACT_FOLDER + sep)
    ? join('guest', 'contract', relative(CONTRACT_FOLDER, file))
    : undefined;
}
