import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { componentEmbed, componentNew } from '@bytecodealliance/jco-transpile/wasm-tools';
import type { LinkGraph } from '../../src/link/graph.ts';

export const CASES = join(import.meta.dirname, 'cases');

/** A case's `graph.json`; worlds are those of its `worlds.wit`. */
interface CaseFile {
  readonly root: string;
  /** World of each instance, by the instance's name; a list of pairs where a name stands twice. */
  readonly instances: Readonly<Record<string, string>> | readonly (readonly [string, string])[];
  /** Importer, import, provider; and the export where it is named otherwise. */
  readonly edges: readonly (readonly [string, string, string, string?])[];
}

/** Builds the components of a case from its WIT: real ones as to their types, whose functions trap. */
export async function readCase(name: string): Promise<LinkGraph> {
  const folder = join(CASES, name);
  const file = JSON.parse(readFileSync(join(folder, 'graph.json'), 'utf8')) as CaseFile;
  const wit = readFileSync(join(folder, 'worlds.wit'), 'utf8');
  const built = new Map<string, Uint8Array>();
  const pairs = Array.isArray(file.instances) ? file.instances : Object.entries(file.instances);
  const instances: { name: string; bytes: Uint8Array }[] = [];
  for (const [instance, world] of pairs as [string, string][]) {
    const bytes = built.get(world) ?? (await componentOf(wit, world));
    built.set(world, bytes);
    instances.push({ name: instance, bytes });
  }
  return {
    root: file.root,
    instances,
    edges: file.edges.map(([importer, imported, provider, exported]) => ({
      importer,
      import: imported,
      provider,
      export: exported ?? imported,
    })),
  };
}

/** A component of a world; `witSource` holds all packages. */
export async function componentOf(witSource: string, world: string): Promise<Uint8Array> {
  return await componentNew(await componentEmbed({ witSource, dummy: true, world }));
}

/** The text form without what nested components and core modules contain: what linking wrote itself. */
export function outline(wat: string): string {
  const lines: string[] = [];
  let skipping = false;
  for (const line of wat.split('\n')) {
    const opens = /^ {2}\((component|core module) /.test(line) && !/ \(type |\(alias /.test(line);
    if (opens) lines.push(`${line} …)`);
    skipping ||= opens;
    if (!skipping) lines.push(line);
    if (line === '  )') skipping = false;
  }
  return lines.join('\n');
}

/** The graph with its lists turned round. */
export function reversed(graph: LinkGraph): LinkGraph {
  return { ...graph, instances: graph.instances.toReversed(), edges: graph.edges.toReversed() };
}
