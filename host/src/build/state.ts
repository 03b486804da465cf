import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import type { BuildOptions, BuiltApp } from './app.ts';
import { buildTime } from './build-time.ts';
import { digestOf, type Cache } from './cache.ts';
import { GUEST_FOLDER } from './guest.ts';
import { recordInputs, sameInputs, type InputRecord } from './inputs.ts';
import { replaceFile } from './replace.ts';
import { ownVersion, packageVersion } from './versions.ts';

/** What a build leaves for the next one, so that it can tell that there is nothing to do. */
interface State {
  readonly built: BuiltApp;
  /** All that went in, and all that came out. */
  readonly records: readonly InputRecord[];
}

/** The last build with the same options, if all that went in and came out is still as it was. */
export async function readState(cache: Cache, options: BuildOptions): Promise<BuiltApp | undefined> {
  const state = await load(stateFile(cache, options));
  return state && (await sameInputs(state.records)) ? state.built : undefined;
}

export async function writeState(
  cache: Cache,
  options: BuildOptions,
  built: BuiltApp,
  inputs: readonly string[],
): Promise<void> {
  const outputs = [
    ...built.units.map(({ wasm }) => wasm),
    ...Object.values(built.sourceMaps),
    join(built.outDir, 'plan.json'),
  ];
  const records = await recordInputs([...inputs, ...outputs, ...(await ownSources())]);
  // Not JSON: types are a graph in which identity counts, and worlds hold maps.
  const bytes = serialize({ built, records } satisfies State);
  await replaceFile(stateFile(cache, options), Buffer.concat([checksum(bytes), bytes]));
}

async function load(file: string): Promise<State | undefined> {
  const contents = await readFile(file).catch(() => undefined);
  if (!contents) return undefined;
  const bytes = contents.subarray(32);
  if (!checksum(bytes).equals(contents.subarray(0, 32))) return undefined;
  return deserialize(bytes) as State;
}

function checksum(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** One state for each way in which an app is built. */
function stateFile(cache: Cache, options: BuildOptions): string {
  const { manifest, profile, place, outDir, typeCheck, flatten, hoist, linker } = options;
  const key = digestOf(
    JSON.stringify([
      resolve(manifest),
      profile ?? null,
      place ?? [],
      outDir === undefined ? null : resolve(outDir),
      typeCheck ?? true,
      flatten ?? true,
      hoist ?? true,
      linker ?? 'tenon',
    ]),
    // Messages and paths to show are relative to the working folder.
    process.cwd(),
    packageVersion('componentize-qjs'),
    String(buildTime(process.env)),
    ownVersion(),
    process.version,
  );
  return join(cache.folder, 'state', `${key}.bin`);
}

/** Where Tenon runs from its sources, a change in them is a change of the tool: they count as inputs. */
async function ownSources(): Promise<string[]> {
  if (!import.meta.url.endsWith('.ts')) return [];
  const host = dirname(dirname(fileURLToPath(import.meta.url)));
  const folders = [
    ...['binary', 'build', 'component', 'contract', 'generate', 'link', 'manifest', 'plan'].map((room) =>
      join(host, room),
    ),
    GUEST_FOLDER,
  ];
  const found = await Promise.all(
    folders.map(async (folder) => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
      return entries
        .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
        .map((entry) => join(entry.parentPath, entry.name));
    }),
  );
  return found.flat();
}
