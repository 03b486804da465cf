import { readFile } from 'node:fs/promises';
import { isComponent } from '../component/decode.ts';
import { componentTypeOf } from '../component/signature.ts';
import type { ComponentType } from '../component/types.ts';
import { problem, unwrap } from '../diagnostics/error.ts';
import { displayPath } from './places.ts';

const MAGIC = [0x00, 0x61, 0x73, 0x6d];

/** A component that was built elsewhere, in any language. */
export interface Prebuilt {
  readonly bytes: Uint8Array;
  readonly world: ComponentType;
}

/**
 * Reads a prebuilt component and its world. Throws TenonError: `build/component-not-found`, `build/not-wasm`,
 * `build/core-module`, and what the decoder reports.
 */
export async function readPrebuilt(service: string, file: string): Promise<Prebuilt> {
  const where = `service ${service}: ${displayPath(file)}`;
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw problem('build/component-not-found', `the component of ${service} cannot be read`, {
      where,
      expected: 'a file with a WebAssembly component',
      found: (cause as Error).message,
      cause,
    });
  });
  if (!MAGIC.every((byte, index) => bytes[index] === byte)) {
    throw problem('build/not-wasm', `the component of ${service} is no WebAssembly`, {
      where,
      expected: 'the bytes 00 61 73 6d',
      found: bytes.length === 0 ? 'an empty file' : [...bytes.subarray(0, 4)].map(hex).join(' '),
    });
  }
  if (!isComponent(bytes)) {
    throw problem('build/core-module', `${displayPath(file)} is a core module, not a component`, {
      where,
      expected: 'a component: version 13, layer 1',
      found: 'a core module: version 1, layer 0',
      next: `Turn it into a component: \`wasm-tools component new ${displayPath(file)} -o component.wasm\`; add \`--adapt wasi_snapshot_preview1.reactor.wasm\` if it uses WASI preview 1.`,
    });
  }
  return { bytes, world: unwrap(componentTypeOf(bytes)) };
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
