import type { ComponentType } from '../component/types.ts';
import type { WitFile } from '../contract/wit-packages.ts';
import { join } from 'node:path';
import { displayPath } from './places.ts';
import { OWN_DEPENDENCIES } from './wit-folders.ts';

/** Of wasi:io what the guest's own modules call: `console` writes, and `setTimeout` waits. */
const GUEST_IO = `package wasi:io@0.2.12;

interface error {
  resource error;
}

interface poll {
  resource pollable {
    block: func();
  }
}

interface streams {
  use error.{error};

  variant stream-error {
    last-operation-failed(error),
    closed,
  }

  resource input-stream;

  resource output-stream {
    blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>;
  }
}
`;

/**
 * The contracts with less of wasi:io, where the service's own world imports nothing of it. Each function that a world
 * imports is made ready in every instance, called or not, and is bound in the snapshot; with `console` alone there
 * would be 25 of them.
 */
export function withGuestIo(contracts: readonly WitFile[], world: ComponentType): readonly WitFile[] {
  if ([...world.imports.keys()].some((name) => name.startsWith('wasi:io/'))) return contracts;
  const full = displayPath(join(OWN_DEPENDENCIES, 'wasi-io', 'io.wit'));
  return contracts.map((one) => (one.file === full ? { ...one, text: GUEST_IO } : one));
}
