import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { ComponentType } from '../component/types.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { problem, TenonError, unwrap } from '../diagnostics/error.ts';
import { parseManifest } from '../manifest/parse.ts';
import type { Manifest, ManifestService } from '../manifest/types.ts';
import { resolvePlan } from '../plan/resolve.ts';
import type { Plan, ServiceWorld, Toolchain } from '../plan/types.ts';
import { readManifest } from './manifest-text.ts';
import { displayPath } from './places.ts';
import { readPrebuilt } from './prebuilt.ts';
import { encodeWorld, type EncodedWorld } from './wit/encode.ts';
import { witFolders } from './wit-folders.ts';

export interface LoadOptions {
  /** The manifest's file. */
  readonly manifest: string;
  readonly profile?: string | undefined;
  /** Overrides of placements, each `importer.provider=placement`. */
  readonly place?: readonly string[] | undefined;
}

interface LoadedBase {
  readonly name: string;
  readonly toolchain: Toolchain;
  readonly world: ComponentType;
  /** Absolute files that were read for it. */
  readonly inputs: readonly string[];
}

/** A service that is built here. */
export interface SourceService extends LoadedBase {
  readonly toolchain: 'quickjs' | 'starlingmonkey';
  /** Absolute. */
  readonly folder: string;
  readonly entry: string;
  readonly worldFile: string;
  readonly witFolders: readonly string[];
  readonly encoded: EncodedWorld;
}

/** A component that was built elsewhere. */
export interface PrebuiltService extends LoadedBase {
  readonly toolchain: 'prebuilt';
  /** Absolute. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

export type LoadedService = SourceService | PrebuiltService;

/** A manifest with all that it refers to, resolved; nothing is built yet. */
export interface LoadedApp {
  readonly manifest: Manifest;
  readonly plan: Plan;
  /** In the manifest's order. */
  readonly services: readonly LoadedService[];
  readonly warnings: readonly Diagnostic[];
  /** Absolute files and folders that it was read from. */
  readonly inputs: readonly string[];
}

/**
 * Reads a manifest, the worlds of its services and its prebuilt components, and resolves the plan. Throws
 * TenonError with all problems that were found in the services, or in the plan.
 */
export async function loadApp(options: LoadOptions): Promise<LoadedApp> {
  const file = resolve(options.manifest);
  const text = await readManifest(file);
  const parsed = parseManifest(text, displayPath(file), { profile: options.profile, place: options.place });
  const manifest = unwrap(parsed);
  const services = await settleAll(
    Object.entries(manifest.services).map(([name, service]) => loadService(name, service, dirname(file))),
  );
  const worlds = new Map(services.map((service) => [service.name, worldOf(service)]));
  const planned = resolvePlan(manifest, worlds, { file: displayPath(file), text, profile: options.profile });
  return {
    manifest,
    plan: unwrap(planned),
    services,
    warnings: [...parsed.diagnostics, ...planned.diagnostics],
    inputs: [file, ...services.flatMap(({ inputs }) => inputs)],
  };
}

function worldOf(service: LoadedService): ServiceWorld {
  const { name, world } = service;
  if (service.toolchain === 'prebuilt') return { service: name, world, file: displayPath(service.file) };
  const { id, spanOf } = service.encoded;
  return { service: name, world, worldId: id, file: displayPath(service.worldFile), spanOf };
}

async function loadService(name: string, service: ManifestService, base: string): Promise<LoadedService> {
  if (service.component !== undefined) {
    const file = resolve(base, service.component);
    return { name, toolchain: 'prebuilt', file, inputs: [file], ...(await readPrebuilt(name, file)) };
  }
  const folder = resolve(base, service.path ?? name);
  const entry = resolve(folder, service.entry ?? `${basename(folder)}.ts`);
  const worldFile = join(folder, 'world.wit');
  if (!(await stat(entry).catch(() => undefined))?.isFile()) {
    throw problem('build/entry-not-found', `service ${name} has no entry module`, {
      where: `service ${name}`,
      expected: displayPath(entry),
      found: 'no such file',
    });
  }
  const folders = await witFolders(folder, base);
  const encoded = await encodeWorld({
    worldFile: displayPath(worldFile),
    witDirs: folders,
    world: service.world,
  });
  return {
    name,
    toolchain: service.toolchain,
    world: encoded.world,
    folder,
    entry,
    worldFile,
    witFolders: folders,
    encoded,
    // The folders too: a contract that is added there may change what a name stands for.
    inputs: [
      entry,
      worldFile,
      ...folders.map((path) => resolve(path)),
      ...encoded.files.map((path) => resolve(path)),
    ],
  };
}

/** All values in order, or one TenonError with the problems of all that failed. */
export async function settleAll<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(work);
  const failed = settled.filter((one) => one.status === 'rejected').map((one) => one.reason as unknown);
  const unexpected = failed.find((error) => !(error instanceof TenonError));
  if (unexpected !== undefined) throw unexpected;
  if (failed.length === 1) throw failed[0];
  if (failed.length > 1) {
    const problems = (failed as TenonError[]).flatMap(({ diagnostics }) => diagnostics);
    throw new TenonError([...new Map(problems.map((one) => [JSON.stringify(one), one])).values()], {
      cause: failed[0],
    });
  }
  return settled.map((one) => (one as PromiseFulfilledResult<T>).value);
}
