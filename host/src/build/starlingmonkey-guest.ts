import type { Plugin } from 'rolldown';
import { guestFile, isGuestFile } from './guest.ts';

const PREFIX = '\0tenon:starlingmonkey/';

/**
 * The guest's modules take u64 for a number, as QuickJS's bindings have it; StarlingMonkey's have a bigint. By
 * the name of the import, modules that turn one into the other.
 */
const NUMBERS: Readonly<Record<string, string>> = {
  'wasi:clocks/monotonic-clock@0.2.12': `
import * as clock from 'wasi:clocks/monotonic-clock@0.2.12';
export const now = () => Number(clock.now());
export const subscribeDuration = (duration) => clock.subscribeDuration(BigInt(Math.round(duration)));`,
  'wasi:random/random@0.2.12': `
import * as source from 'wasi:random/random@0.2.12';
export const getRandomBytes = (length) => source.getRandomBytes(BigInt(length));`,
};

/**
 * The guest tells letters from other characters by `\p{…}`, which StarlingMonkey is built without; that engine
 * has a `URL` of its own to ask instead. The brackets keep it from being taken for the guest's.
 */
const DOMAIN = guestFile('url/domain.ts');
const DOMAIN_BY_OWN_URL = `export function domainToAscii(domain) {
  try { return new globalThis['URL']('http://' + domain + '/').hostname; } catch { return undefined; }
}`;

/** Whether StarlingMonkey binds an import of the guest otherwise than the guest's modules expect. */
export function needsFit(name: string): boolean {
  return Object.hasOwn(NUMBERS, name);
}

/** Whether a module is one that stands between the guest and such an import. */
export function isFitted(id: string): boolean {
  return id.startsWith(PREFIX);
}

/** Fits the guest's modules to StarlingMonkey; what a service itself imports is left as the engine has it. */
export function starlingMonkeyPlugin(): Plugin {
  return {
    name: 'tenon-starlingmonkey',
    resolveId(source, importer) {
      return importer !== undefined && isGuestFile(importer) && needsFit(source)
        ? PREFIX + source
        : undefined;
    },
    load(id) {
      if (id === DOMAIN) return DOMAIN_BY_OWN_URL;
      return id.startsWith(PREFIX) ? NUMBERS[id.slice(PREFIX.length)] : undefined;
    },
  };
}
