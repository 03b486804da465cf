import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';

export interface CorpusComponent {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The components kept here, small ones: text written by hand, and what toolchains built. See README.md. */
export async function corpus(): Promise<CorpusComponent[]> {
  const texts = files('wat', '.wat').map(async ({ name, path }) => ({
    name,
    bytes: await parse(readFileSync(path, 'utf8')),
  }));
  const built = files('built', '.wasm').map(({ name, path }) => ({ name, bytes: readFileSync(path) }));
  return [...(await Promise.all(texts)), ...built];
}

function files(folder: string, extension: string): { name: string; path: string }[] {
  const directory = join(import.meta.dirname, folder);
  return readdirSync(directory)
    .filter((name) => name.endsWith(extension))
    .sort()
    .map((name) => ({ name, path: join(directory, name) }));
}
