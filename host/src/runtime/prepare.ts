import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Malformed } from '../binary/malformed.ts';
import { problem } from '../diagnostics/error.ts';
import { componentFacts } from './component-facts.ts';
import { rewriteCoreModule } from './core-rewrite.ts';
import { fixGlue } from './glue-fixes.ts';
import { shortenHostCalls } from './glue-host-calls.ts';
import { markGlueWrites } from './glue-marks.ts';
import { markWrites } from './mark-writes.ts';

/** Part of every key: raise it when what is written changes. */
const FORMAT = 6;
const DESCRIPTION = 'prepared.json';
const GLUE = 'unit.mjs';
/** Memories that may grow larger, in bytes, have no marks: a card's end must do for a signed number. */
const MOST_MARKED = 2 ** 30;

/** What a prepared unit is, as written beside its files. */
interface Description {
  /** File names of its core modules, as the glue asks for them. */
  readonly modules: readonly string[];
  /** Names of its imports and exports, with versions. */
  readonly imports: readonly string[];
  readonly exports: readonly string[];
  readonly intrinsics: 'fast' | 'stock';
  /** Why its instances cannot be reset, so that each event gets a new one; empty if they can. */
  readonly resetObstacles: readonly string[];
}

/** A component as Node runs it: glue and core modules in a folder of the cache. */
export interface PreparedUnit extends Description {
  /** Names its contents: component, jco's version and options. */
  readonly key: string;
  readonly directory: string;
  /** Path of the glue module. */
  readonly glue: string;
  /** Bytes that each of its memories may grow to. */
  readonly memoryLimit: number;
}

export interface PrepareOptions {
  /** Bytes that each memory of the unit may grow to. */
  readonly memoryLimit: number;
  /** `stock` keeps the glue's own bookkeeping, to compare against. */
  readonly intrinsics?: 'auto' | 'stock';
}

/**
 * Transpiles a component into the cache, unless it is there: the second time takes a few milliseconds and does
 * not load jco. Core modules get their memories capped and their state exported, see rewriteCoreModule,
 * and where they can be reset they mark what they write, see markWrites.
 *
 * @throws TenonError `runtime/transpile-failed`, `runtime/memory-limit`
 */
export async function prepareUnit(
  wasm: Uint8Array,
  cacheDir: string,
  options: PrepareOptions,
): Promise<PreparedUnit> {
  const { memoryLimit, intrinsics = 'auto' } = options;
  const key = createHash('sha256')
    .update(`${FORMAT} ${await jcoVersion()} ${memoryLimit} ${intrinsics}\n`)
    .update(wasm)
    .digest('hex')
    .slice(0, 32);
  const directory = join(cacheDir, key);
  const description = (await readDescription(directory)) ?? (await transpile(wasm, directory, options));
  return { ...description, key, directory, glue: join(directory, GLUE), memoryLimit };
}

async function readDescription(directory: string): Promise<Description | undefined> {
  try {
    return JSON.parse(await readFile(join(directory, DESCRIPTION), 'utf8')) as Description;
  } catch {
    // Not there, or not whole: it is made again.
    return undefined;
  }
}

let knownJcoVersion: string | undefined;

/** From its package file, so that jco itself need not be loaded. */
async function jcoVersion(): Promise<string> {
  if (knownJcoVersion === undefined) {
    const entry = fileURLToPath(import.meta.resolve('@bytecodealliance/jco-transpile'));
    const file = join(dirname(dirname(entry)), 'package.json');
    knownJcoVersion = (JSON.parse(await readFile(file, 'utf8')) as { version: string }).version;
  }
  return knownJcoVersion;
}

async function transpile(
  wasm: Uint8Array,
  directory: string,
  { memoryLimit, intrinsics }: PrepareOptions,
): Promise<Description> {
  const facts = componentFacts(wasm);
  const fast = !facts.async && intrinsics !== 'stock';
  const obstacles: string[] = [];
  if (facts.async) obstacles.push('the component uses async functions, streams or futures');
  if (facts.ownResources) obstacles.push('the component defines resources');

  let glue = '';
  const modules = new Map<string, Uint8Array>();
  for (const [path, contents] of Object.entries(await glueAndModules(wasm))) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name.endsWith('.wasm')) {
      const rewritten = rewrite(name, contents, memoryLimit);
      obstacles.push(...rewritten.obstacles.map((obstacle) => `${name}: ${obstacle}`));
      modules.set(name, rewritten.bytes);
    } else glue = fixGlue(new TextDecoder().decode(contents));
  }
  if (fast) glue = shortenHostCalls(glue, facts.ownResources);
  // What a reset copies back are the cards that were written, where all that writes can be made to tell.
  const marking = fast && obstacles.length === 0 ? markAll(modules, memoryLimit) : undefined;
  const files = new Map(marking ?? modules);
  files.set(GLUE, new TextEncoder().encode(marking ? markGlueWrites(glue) : glue));
  const description: Description = {
    modules: [...modules.keys()],
    imports: facts.imports,
    exports: facts.exports,
    intrinsics: fast ? 'fast' : 'stock',
    resetObstacles: obstacles,
  };
  files.set(DESCRIPTION, new TextEncoder().encode(`${JSON.stringify(description, null, 2)}\n`));
  await writeAtomically(directory, files);
  return description;
}

/** All of a unit's modules with marks of what they write; undefined if any of them cannot be made to mark. */
function markAll(
  modules: ReadonlyMap<string, Uint8Array>,
  memoryLimit: number,
): Map<string, Uint8Array> | undefined {
  if (memoryLimit > MOST_MARKED) return undefined;
  const marking = new Map<string, Uint8Array>();
  for (const [name, module] of modules) {
    const bytes = markWrites(module, memoryLimit);
    if (!bytes) return undefined;
    marking.set(name, bytes);
  }
  return marking;
}

async function glueAndModules(wasm: Uint8Array): Promise<Record<string, Uint8Array>> {
  const { transpileBytes } = await import('@bytecodealliance/jco-transpile');
  try {
    const { files } = await transpileBytes(wasm, {
      name: 'unit',
      instantiation: 'sync',
      // Copies from memory to memory natively, where adapters would otherwise call out per string.
      multiMemory: true,
      wasiShim: false,
      emitTypescriptDeclarations: false,
      nodejsCompat: false,
      tlaCompat: false,
      base64Cutoff: 0,
      // So that an error that a function returns is told from a trap, see returnedError.
      noComponentErrorWrapping: false,
    });
    return files;
  } catch (error) {
    throw problem('runtime/transpile-failed', `jco cannot transpile the component: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function rewrite(
  name: string,
  module: Uint8Array,
  memoryLimit: number,
): { bytes: Uint8Array; obstacles: readonly string[] } {
  try {
    const rewritten = rewriteCoreModule(module, memoryLimit);
    if (rewritten.minimumBytes > memoryLimit) {
      throw problem('runtime/memory-limit', 'the unit begins with more memory than it may have', {
        where: name,
        expected: `at most ${memoryLimit} bytes`,
        found: `${rewritten.minimumBytes} bytes`,
      });
    }
    return rewritten;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw problem('runtime/transpile-failed', `a core module cannot be read: ${error.message}`, {
      where: name,
      cause: error,
    });
  }
}

/** Writes beside and renames, so that whoever sees the folder sees all of it; who comes second keeps the first's. */
async function writeAtomically(directory: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const temporary = `${directory}.${randomUUID()}`;
  await mkdir(temporary, { recursive: true });
  try {
    for (const [name, contents] of files) await writeFile(join(temporary, name), contents);
    await rename(temporary, directory);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if ((await readDescription(directory)) !== undefined) return;
    // A folder that an interrupted removal left behind, without its description.
    if (isNotEmpty(error)) {
      await rm(directory, { recursive: true, force: true });
      return writeAtomically(directory, files);
    }
    throw error;
  }
}

function isNotEmpty(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOTEMPTY' || code === 'EEXIST';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
