import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { declarationsOf } from '../contract/declarations.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { digestOf, type Cache } from './cache.ts';
import { adapterOf } from './entry.ts';
import type { EntryExports } from './entry-exports.ts';
import { GUEST_FOLDER } from './guest.ts';
import { recordInputs, sameInputs, type InputRecord } from './inputs.ts';
import type { LoadedService, SourceService } from './load.ts';
import { replaceFile } from './replace.ts';
import { runTypeCheck, TYPE_CHECK_OPTIONS } from './tsc.ts';
import { packageVersion } from './versions.ts';

/** The web's globals as far as the guest supplies them. */
export const GLOBALS = join(GUEST_FOLDER, '..', 'globals.d.ts');

/**
 * Writes a service's declarations beside it, where they differ from what is there: `contract.gen.ts` with what
 * its world exports, `imports.gen.d.ts` with what it imports. Gives their absolute paths.
 */
export function writeDeclarations(service: SourceService): Promise<string[]> {
  const { id, world, docs } = service.encoded;
  return Promise.all(
    declarationsOf({ id, world, docs }).map(async ({ file, text }) => {
      const path = join(service.folder, file);
      const found = await readFile(path, 'utf8').catch(() => undefined);
      if (found !== text) await replaceFile(path, text);
      return path;
    }),
  );
}

/** What is wrong with services, and the absolute files that were looked at. */
export interface ServiceCheck {
  readonly diagnostics: readonly Diagnostic[];
  readonly files: readonly string[];
}

/**
 * Type-checks one service against its world's declarations, which are written beside it, and what it exports
 * against its world. A service that was found right is not checked again until one of the files that were
 * looked at changes. What is wrong with it is returned; throws TenonError `build/type-checker-missing`,
 * `build/write`.
 */
export async function checkService(service: SourceService, cache: Cache): Promise<ServiceCheck> {
  const files = [service.entry, ...(await writeDeclarations(service)), GLOBALS];
  const { id, world } = service.encoded;
  const wants = [...world.exports.keys()];
  const key = digestOf(JSON.stringify([files, id, wants]), TYPE_CHECK_OPTIONS, packageVersion('typescript'));
  const stateFile = join(cache.folder, 'types', `${key}.json`);
  const known = await readRecords(stateFile);
  if (known && (await sameInputs(known))) return { diagnostics: [], files: known.map(({ path }) => path) };

  const { exportsOf } = await import('./entry-exports.ts');
  const { isParsed, parseModule } = await import('./parse.ts');
  const { exportCheck } = await import('./export-check.ts');
  const { typeDiagnostics } = await import('./type-diagnostics.ts');
  const parsed = await parseModule(service.entry, service.name);
  if (!isParsed(parsed)) return { diagnostics: [parsed], files };
  const exports = exportsOf(service.entry, parsed);
  const missing = exports.complete ? missingExports(service, exports) : [];
  // Of a module in plain JavaScript the compiler knows no types.
  const check = /\.[mc]?tsx?$/.test(service.entry) ? exportCheck(service, exports) : undefined;
  const result = await runTypeCheck(files, resolve(cache.folder, 'tmp'), check?.text);
  const diagnostics = [
    ...missing,
    ...(await typeDiagnostics(result.errors, service)),
    ...(check?.explain(result.generated) ?? []),
  ];
  if (diagnostics.length === 0) {
    await replaceFile(stateFile, JSON.stringify(await recordInputs(result.files)));
  }
  return { diagnostics, files: result.files };
}

function missingExports(service: SourceService, exports: EntryExports): readonly Diagnostic[] {
  const { name, entry, world, worldFile, encoded } = service;
  const adapter = adapterOf({ service: name, entry, world, worldId: encoded.id, worldFile });
  return adapter.checkExports(exports.names, exports.spanOf);
}

/** Checks all services that are built here; diagnostics in the services' order, each once. */
export async function checkServices(services: readonly LoadedService[], cache: Cache): Promise<ServiceCheck> {
  const sources = services.filter((service) => service.toolchain !== 'prebuilt');
  const results = await Promise.all(sources.map((service) => checkService(service, cache)));
  // A module that two services share is looked at for each of them.
  const unique = new Map<string, Diagnostic>();
  for (const diagnostic of results.flatMap(({ diagnostics }) => diagnostics)) {
    const { message, span } = diagnostic;
    const id = JSON.stringify([message, span]);
    if (!unique.has(id)) unique.set(id, diagnostic);
  }
  return { diagnostics: [...unique.values()], files: results.flatMap(({ files }) => files) };
}

async function readRecords(file: string): Promise<readonly InputRecord[] | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as readonly InputRecord[];
  } catch {
    // Not checked before, or the file was cut off: then the check is made.
    return undefined;
  }
}
