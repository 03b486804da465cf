import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { componentTypeOf } from '../component/signature.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { problem, unwrap } from '../diagnostics/error.ts';
import { isStrayInit } from '../link/exports.ts';
import type { LinkGraph } from '../link/graph.ts';
import { scratchFolder } from './scratch.ts';

/** Who links a unit's components: Tenon's own linker, or one that is installed. */
export type Linker = 'tenon' | 'wasm-tools' | 'wac';

export interface OutsideLink {
  readonly bytes: Uint8Array;
  /** `build/linker-shows`, for exports of the root that the program cannot leave out. */
  readonly warnings: readonly Diagnostic[];
}

const run = promisify(execFile);

/**
 * Links a unit's components by another program, as far as it can express the graph; `scratch` is a folder in which
 * files may be made meanwhile. Throws TenonError: `build/linker-missing`, `build/linker-cannot`,
 * `build/linker-failed`, `build/write`.
 */
export async function linkOutside(
  linker: Exclude<Linker, 'tenon'>,
  graph: LinkGraph,
  unit: string,
  scratch: string,
): Promise<OutsideLink> {
  if (graph.exports) {
    throw problem('build/linker-cannot', `${linker} cannot export what is of several components`, {
      where: `unit ${unit}`,
      expected: 'exports of one component',
      found: graph.exports.map((one) => `${one.export} of ${one.instance}`).join(', '),
    });
  }
  const root = graph.instances.find(({ name }) => name === graph.root)!;
  const exports = unwrap(componentTypeOf(root.bytes)).exports;
  const hidden = [...exports].flatMap(([name, extern]) =>
    (graph.hide ? graph.hide(name, root.name) : isStrayInit(name, extern)) ? [name] : [],
  );
  const names = outsideNames(graph);
  const shown = linker === 'wasm-tools' ? hidden : [];
  // What componentize-qjs leaves behind does no harm; a service's export that others are not to see would.
  const meant = shown.filter((name) => !isStrayInit(name, exports.get(name)!));
  if (meant.length > 0) {
    throw problem('build/linker-cannot', `wasm-tools cannot leave out exports of the root ${root.name}`, {
      where: `unit ${unit}`,
      expected: 'a root all of whose exports the unit has',
      found: `${meant.join(', ')}, which the unit must not export`,
    });
  }
  const warnings = shown.map((name) => showsExport(name, unit));
  // wasm-tools has nothing to do with a component alone, and says that this is an error.
  const alone = graph.instances.length === 1 && (linker === 'wasm-tools' || hidden.length === 0);
  if (alone) return { bytes: root.bytes, warnings };
  const visible = [...exports.keys()].filter((name) => !hidden.includes(name));
  const folder = await scratchFolder(scratch, 'link-');
  try {
    for (const { name, bytes } of graph.instances) {
      await writeFile(join(folder, `${names.get(name)!}.wasm`), bytes);
    }
    const output = join(folder, 'linked.wasm');
    const args =
      linker === 'wasm-tools'
        ? await wasmToolsArguments(graph, names, folder, output)
        : await wacArguments(graph, names, visible, folder, output);
    await runLinker(linker, args, unit);
    return { bytes: await readFile(output), warnings };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function showsExport(name: string, unit: string): Diagnostic {
  return diagnose('build/linker-shows', `the unit ${unit} exports \`${name}\` too`, {
    where: `unit ${unit}`,
    expected: 'the exports of its root service',
    found: `\`${name}\`, which componentize-qjs adds`,
  });
}

/** Names that both programs take: kebab-case, the root as wasm-tools calls it. */
function outsideNames({ instances, root }: LinkGraph): ReadonlyMap<string, string> {
  return new Map(instances.map(({ name }, at) => [name, name === root ? 'root' : `s${at}`]));
}

/** Source: wasm-tools, crates/wasm-compose/CONFIG.md; of YAML, what is JSON too. */
function wasmToolsConfig(graph: LinkGraph, names: ReadonlyMap<string, string>): string {
  const others = graph.instances.filter(({ name }) => name !== graph.root);
  return JSON.stringify({
    dependencies: Object.fromEntries(
      others.map(({ name }) => [names.get(name)!, `./${names.get(name)!}.wasm`]),
    ),
    instantiations: Object.fromEntries(
      graph.instances.map(({ name }) => [
        names.get(name)!,
        {
          arguments: Object.fromEntries(
            graph.edges
              .filter(({ importer }) => importer === name)
              .map((edge) => [edge.import, { instance: names.get(edge.provider)!, export: edge.export }]),
          ),
        },
      ]),
    ),
  });
}

async function wasmToolsArguments(
  graph: LinkGraph,
  names: ReadonlyMap<string, string>,
  folder: string,
  output: string,
): Promise<string[]> {
  const config = join(folder, 'compose.yml');
  await writeFile(config, wasmToolsConfig(graph, names));
  return ['compose', '-q', '-c', config, join(folder, 'root.wasm'), '-o', output];
}

/** Source: wac, LANGUAGE.md. Instances are made providers first; what no edge binds is passed through by `...`. */
function wacDocument(
  graph: LinkGraph,
  names: ReadonlyMap<string, string>,
  exports: readonly string[],
): string {
  const lines = providersFirst(graph).map((name) => {
    const own = names.get(name)!;
    const bound = graph.edges
      .filter(({ importer }) => importer === name)
      .map((edge) => `  ${quoted(edge.import)}: ${names.get(edge.provider)!}[${quoted(edge.export)}],\n`);
    return `let ${own} = new unit:${own} {\n${bound.join('')}  ...\n};\n`;
  });
  return [
    'package tenon:unit;\n',
    ...lines,
    ...exports.map((name) => `export root[${quoted(name)}];\n`),
  ].join('');
}

async function wacArguments(
  graph: LinkGraph,
  names: ReadonlyMap<string, string>,
  exports: readonly string[],
  folder: string,
  output: string,
): Promise<string[]> {
  const document = join(folder, 'unit.wac');
  await writeFile(document, wacDocument(graph, names, exports));
  const dependencies = [...names.values()].flatMap((name) => [
    '--dep',
    `unit:${name}=${join(folder, `${name}.wasm`)}`,
  ]);
  return ['compose', ...dependencies, '-o', output, document];
}

function providersFirst({ instances, edges }: LinkGraph): readonly string[] {
  const order = new Set<string>();
  const visit = (name: string): void => {
    if (order.has(name)) return;
    for (const { importer, provider } of edges) if (importer === name) visit(provider);
    order.add(name);
  };
  for (const { name } of instances) visit(name);
  return [...order];
}

function quoted(name: string): string {
  return JSON.stringify(name);
}

async function runLinker(linker: string, args: readonly string[], unit: string): Promise<void> {
  try {
    await run(linker, args);
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === 'ENOENT') {
      throw problem('build/linker-missing', `${linker} is not installed`, {
        where: `--linker ${linker}`,
        expected: `a program ${linker} on the PATH`,
        found: 'none',
        cause: error,
      });
    }
    throw problem('build/linker-failed', `${linker} could not link the unit ${unit}`, {
      where: `unit ${unit}`,
      expected: 'a component',
      found: (stderr ?? message).trim() || message,
      cause: error,
    });
  }
}
