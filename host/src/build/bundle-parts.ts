import { readFile } from 'node:fs/promises';
import { extname, isAbsolute } from 'node:path';
import type { Plugin } from 'rolldown';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { ownModule } from './guest.ts';

/** One of several services that are bundled together. */
export interface BundlePart {
  readonly service: string;
  /** Absolute file of its entry module. */
  readonly entry: string;
  /** What its own code may import of the host and of other components. */
  readonly imports: ReadonlySet<string>;
  /** Contracts of which a generated module stands for the import → that module, TypeScript. */
  readonly standIns: ReadonlyMap<string, string>;
  /** The module that exports what other components want of it, TypeScript; see entry.ts. */
  readonly adapter?: string | undefined;
  /** The module that handles messages and calls it, TypeScript. */
  readonly root?: string | undefined;
  /** Filled while bundling: the files of the guest that its own modules use. */
  readonly guestModules: Set<string>;
  /** Called with the names that its entry module exports. */
  readonly checkExports: (names: readonly string[]) => readonly Diagnostic[];
}

const ADAPTER = '\0tenon:adapter/';
const ROOT = '\0tenon:root/';
const STAND_IN = '\0tenon:fused/';
/** Follows a module's file: a module that two services use is there twice, with a state for each. */
const SUFFIX = /\?service=([a-z][a-z0-9-]*)$/;

const MODULE_TYPES = { '.ts': 'ts', '.tsx': 'tsx', '.jsx': 'jsx', '.json': 'json' } as const;

/** The name of a service's entry module within the bundle. */
export function partModule(file: string, service: string): string {
  return `${file}?service=${service}`;
}

/** The file of a module's name. */
export function fileOf(id: string): string {
  return id.replace(SUFFIX, '');
}

/** The service that a module belongs to. */
export function partOf(id: string, parts: readonly BundlePart[]): BundlePart | undefined {
  const service = SUFFIX.exec(id)?.[1];
  return service === undefined ? undefined : parts.find((part) => part.service === service);
}

/** The part for which a module was generated that stands for one of its imports, or handles its messages. */
export function generatedFor(id: string, parts: readonly BundlePart[]): BundlePart | undefined {
  const prefix = [STAND_IN, ROOT].find((one) => id.startsWith(one));
  if (prefix === undefined) return undefined;
  const [service] = nameIn(id, prefix).split('/');
  return parts.find((part) => part.service === service);
}

/** The module that exports what all of the parts' adapters do. */
export function adapterOfParts(parts: readonly BundlePart[]): string {
  const line = (prefix: string, service: string): string =>
    `export * from ${JSON.stringify(`${prefix}${service}.ts`)};\n`;
  return parts
    .flatMap(({ service, adapter, root }) => [
      ...(adapter === undefined ? [] : [line(ADAPTER, service)]),
      ...(root === undefined ? [] : [line(ROOT, service)]),
    ])
    .join('');
}

/**
 * Keeps the services of a bundle apart: each has its modules for itself, and its imports of contracts that
 * another provides lead to the modules which stand for them.
 */
export function partsPlugin(parts: readonly BundlePart[], problems: Diagnostic[]): Plugin {
  const byService = new Map(parts.map((part) => [part.service, part]));
  return {
    name: 'tenon-parts',
    async resolveId(source, importer, { kind }) {
      if (source.startsWith('\0') || SUFFIX.test(source)) return source;
      if (importer === undefined) return undefined;
      const adapted = importer.startsWith(ADAPTER) ? byService.get(nameIn(importer, ADAPTER)) : undefined;
      if (adapted?.standIns.has(source)) return `${STAND_IN}${adapted.service}/${source}.ts`;
      if (adapted) return source === adapted.entry ? partModule(source, adapted.service) : undefined;
      const part = partOf(importer, parts);
      if (!part) return undefined;
      if (part.standIns.has(source)) return `${STAND_IN}${part.service}/${source}.ts`;
      const found = await this.resolve(source, fileOf(importer), { skipSelf: true, kind });
      if (!found || found.external || !isAbsolute(found.id)) return found;
      if (ownModule(found.id) !== undefined) {
        part.guestModules.add(found.id);
        return found;
      }
      return { ...found, id: partModule(found.id, part.service) };
    },
    async load(id) {
      if (id.startsWith(ADAPTER)) {
        return { code: byService.get(nameIn(id, ADAPTER))!.adapter!, moduleType: 'ts' };
      }
      if (id.startsWith(ROOT)) {
        return { code: byService.get(nameIn(id, ROOT))!.root!, moduleType: 'ts' };
      }
      if (id.startsWith(STAND_IN)) {
        const [, service = '', contract = ''] = /^([^/]+)\/(.*)$/.exec(nameIn(id, STAND_IN)) ?? [];
        return { code: byService.get(service)!.standIns.get(contract)!, moduleType: 'ts' };
      }
      if (!SUFFIX.test(id)) return undefined;
      const file = fileOf(id);
      const moduleType = MODULE_TYPES[extname(file) as keyof typeof MODULE_TYPES] ?? 'js';
      return { code: await readFile(file, 'utf8'), moduleType };
    },
    moduleParsed({ id, exports }) {
      const part = partOf(id, parts);
      if (part && fileOf(id) === part.entry) problems.push(...part.checkExports(exports));
    },
  };
}

function nameIn(id: string, prefix: string): string {
  return id.slice(prefix.length).replace(/\.ts$/, '');
}
