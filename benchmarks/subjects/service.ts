import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Binding } from '../../host/src/bindings/binding.ts';
import { createBindings } from '../../host/src/bindings/create.ts';
import { createHandleLedger } from '../../host/src/runtime/handles.ts';
import { importsFor } from '../../host/src/runtime/imports.ts';
import { createInstance, type Instantiate, type UnitInstance } from '../../host/src/runtime/instance.ts';
import { prepareUnit, type PreparedUnit } from '../../host/src/runtime/prepare.ts';

/** A unit as Tenon runs it on Node, but in this thread and without a pool: instances as they are made for events. */
export interface LoadedUnit {
  readonly prepared: PreparedUnit;
  instance(): UnitInstance;
}

const MEMORY_LIMIT = 128 * 1024 * 1024;

/** What the units of the benchmarks are granted: nothing that has to be configured. */
function bindings(unit: string) {
  const grants = (['clocks', 'random', 'stdio'] as const).map((kind) => ({ kind }));
  return createBindings(
    { unit, services: [unit], grants, stores: {}, variables: {}, environment: {}, sends: [] },
    { log: (_, line) => void process.stderr.write(`${line}\n`) },
  );
}

/**
 * Prepares a unit, from the cache if it is there, and compiles its modules.
 *
 * @param more what it imports beyond clocks, randomness and output
 */
export async function loadUnit(
  wasm: string,
  cache: string,
  more: readonly Binding[] = [],
): Promise<LoadedUnit> {
  // As in a worker: the glue looks for a debug switch in the environment at every step.
  process.env = { ...process.env };
  const prepared = await prepareUnit(await readFile(wasm), cache, { memoryLimit: MEMORY_LIMIT });
  const imports = importsFor(prepared.imports, [...bindings('bench'), ...more]);
  const { instantiate } = (await import(pathToFileURL(prepared.glue).href)) as { instantiate: Instantiate };
  const modules = await compile(prepared.directory, prepared.modules);
  const ledger = createHandleLedger();
  for (const members of Object.values(imports)) ledger.watch(members);
  return {
    prepared,
    instance: () =>
      createInstance({
        instantiate,
        modules,
        imports,
        fastIntrinsics: prepared.intrinsics === 'fast',
        resettable: prepared.resetObstacles.length === 0,
        ledger,
      }),
  };
}

/** Has jco transpile a component by itself, with its own bookkeeping, into a folder of its own. */
export async function transpileStock(wasm: string, folder: string): Promise<void> {
  const { transpileBytes } = await import('@bytecodealliance/jco-transpile');
  const { files } = await transpileBytes(await readFile(wasm), {
    name: 'stock',
    instantiation: 'sync',
    outDir: folder,
  });
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [path, data] of Object.entries(files)) {
    const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.js$/, '.mjs');
    await writeFile(join(folder, name), data);
  }
}

/**
 * Loads what `transpileStock` wrote of a component, with the imports of its unit; returns its exports.
 *
 * @param environment what the glue finds at `process.env`, where it looks for a debug switch at every step: what Node
 *   has there, which asks the system each time, or a plain object as in Tenon's workers
 */
export async function loadStock(
  wasm: string,
  folder: string,
  cache: string,
  environment: 'own' | 'plain',
): Promise<Readonly<Record<string, unknown>>> {
  const own = process.env;
  const names = (await readdir(folder)).filter((name) => name.endsWith('.wasm'));
  const { prepared } = await loadUnit(wasm, cache);
  if (environment === 'own') process.env = own;
  const modules = await compile(folder, names);
  const glue = (await import(pathToFileURL(join(folder, 'stock.mjs')).href)) as { instantiate: Instantiate };
  return glue.instantiate(
    (name) => modules.get(name)!,
    importsFor(prepared.imports, bindings('stock')),
    (module, given) => new WebAssembly.Instance(module, given as WebAssembly.Imports | undefined),
  );
}

async function compile(
  directory: string,
  names: readonly string[],
): Promise<Map<string, WebAssembly.Module>> {
  const compiled = names.map(async (name) => {
    const module = await WebAssembly.compile(await readFile(join(directory, name)));
    return [name, module] as const;
  });
  return new Map(await Promise.all(compiled));
}

interface HttpExport {
  handleRequest(request: object): { readonly status: number; readonly body?: Uint8Array };
}

/** Asks an instance's HTTP export by itself; gives the body of the answer. */
export function ask(exports: Readonly<Record<string, unknown>>, uri: string): string {
  const { status, body } = httpOf(exports).handleRequest({ ...REQUEST, method: 'get', uri, body: undefined });
  const text = new TextDecoder().decode(body);
  if (status !== 200) throw new Error(`${uri} answered ${status}: ${text}`);
  return text;
}

/** Posts to an instance's HTTP export by itself, which must accept. */
export function postTo(exports: Readonly<Record<string, unknown>>, uri: string, body: Uint8Array): void {
  const { status } = httpOf(exports).handleRequest({ ...REQUEST, method: 'post', uri, body });
  if (status !== 202) throw new Error(`${uri} answered ${status}`);
}

const REQUEST = { headers: [['host', 'localhost']], params: [] };

function httpOf(exports: Readonly<Record<string, unknown>>): HttpExport {
  return (exports['fermyon:spin/inbound-http'] ?? exports['inboundHttp']) as HttpExport;
}
