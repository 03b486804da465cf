import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { declarationsOf } from '../contract/declarations.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { digestOf, replaceFile, type Cache } from './cache.ts';
import { GUEST_FOLDER } from './guest.ts';
import { recordInputs, sameInputs, type InputRecord } from './inputs.ts';
import type { LoadedService, SourceService } from './load.ts';
import { runTypeCheck, TYPE_CHECK_OPTIONS, type TypeCheck } from './tsc.ts';
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

/**
 * Type-checks one service against its world's declarations, which are written beside it. A service that was
 * found right is not checked again until one of the files that were looked at changes. Type errors are
 * returned; throws TenonError `build/type-checker-missing`, `build/write`.
 */
export async function checkService(service: SourceService, cache: Cache): Promise<TypeCheck> {
  const files = [service.entry, ...(await writeDeclarations(service)), GLOBALS];
  const key = digestOf(JSON.stringify(files), TYPE_CHECK_OPTIONS, packageVersion('typescript'));
  const stateFile = join(cache.folder, 'types', `${key}.json`);
  const known = await readRecords(stateFile);
  if (known && (await sameInputs(known))) return { diagnostics: [], files: known.map(({ path }) => path) };
  const result = await runTypeCheck(files, resolve(cache.folder, 'tmp'));
  if (result.diagnostics.length === 0) {
    await replaceFile(stateFile, JSON.stringify(await recordInputs(result.files)));
  }
  return result;
}

/** Checks all services that are built here; diagnostics in the services' order, each once. */
export async function checkServices(services: readonly LoadedService[], cache: Cache): Promise<TypeCheck> {
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
