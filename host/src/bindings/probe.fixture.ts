import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Binding } from './binding.ts';

const DEPS = fileURLToPath(new URL('../../../wit/deps', import.meta.url));

/** All that a service may import of the host, by the names that its code uses. */
const INTERFACES = {
  kv: 'fermyon:spin/key-value@2.0.0',
  variables: 'fermyon:spin/variables@2.0.0',
  redis: 'fermyon:spin/redis@2.0.0',
  mqtt: 'fermyon:spin/mqtt@2.0.0',
  http: 'fermyon:spin/http',
  random: 'wasi:random/random@0.2.12',
  insecure: 'wasi:random/insecure@0.2.12',
  seed: 'wasi:random/insecure-seed@0.2.12',
  monotonic: 'wasi:clocks/monotonic-clock@0.2.12',
  wall: 'wasi:clocks/wall-clock@0.2.12',
  environment: 'wasi:cli/environment@0.2.12',
  exit: 'wasi:cli/exit@0.2.12',
  stdin: 'wasi:cli/stdin@0.2.12',
  stdout: 'wasi:cli/stdout@0.2.12',
  stderr: 'wasi:cli/stderr@0.2.12',
  terminal: 'wasi:cli/terminal-stdout@0.2.12',
  preopens: 'wasi:filesystem/preopens@0.2.12',
  poll: 'wasi:io/poll@0.2.12',
};

const WORLD = `package test:probe;
world probe {
${Object.values(INTERFACES)
  .map((id) => `  import ${id};\n`)
  .join('')}  export run: func(code: string) -> string;
}
`;

/** Runs code that it is given, with all interfaces in \`m\`, and answers with what came of it as JSON. */
const SOURCE = `
${Object.entries(INTERFACES)
  .map(([name, id]) => `import * as ${name} from '${id}';\n`)
  .join('')}
const m = { ${Object.keys(INTERFACES).join(', ')} };
const kept = [];
const bytes = (text) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const show = (value) =>
  JSON.stringify(value, (_, one) =>
    one instanceof Uint8Array ? Array.from(one) : typeof one === 'bigint' ? one + 'n' : one,
  );
export function run(code) {
  let value;
  try {
    value = new Function('m', 'kept', 'bytes', code)(m, kept, bytes);
  } catch (error) {
    return show({ error: error?.payload ?? String(error) });
  }
  return show({ value: value ?? null });
}
`;

/** The transpiled component; cloneable, so that a worker can have it. */
export interface ProbeParts {
  readonly glue: string;
  readonly modules: ReadonlyMap<string, WebAssembly.Module>;
}

export interface Probe extends Disposable {
  readonly parts: ProbeParts;
}

type Instantiate = (
  getCoreModule: (name: string) => WebAssembly.Module,
  imports: Record<string, unknown>,
) => { run(code: string): string };

/** Builds a component that can call everything, and transpiles it as units are. Takes some seconds. */
export async function buildProbe(): Promise<Probe> {
  const { transpileBytes } = await import('@bytecodealliance/jco-transpile');
  const { componentize } = await import('componentize-qjs');
  const { combineWit } = await import('../contract/wit-source.ts');
  const { unwrap } = await import('../diagnostics/error.ts');
  const folder = mkdtempSync(join(tmpdir(), 'tenon-probe-'));
  const contracts = readdirSync(DEPS, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.wit'))
    .map((name) => ({ file: join(DEPS, name), text: readFileSync(join(DEPS, name), 'utf8') }));
  const wit = unwrap(combineWit({ worldFile: { file: 'world.wit', text: WORLD }, contracts }));
  const witPath = join(folder, 'probe.wit');
  writeFileSync(witPath, wit.text);
  const { component } = await componentize({ witPath, world: wit.world, jsSource: SOURCE, sync: true });
  const { files } = await transpileBytes(component, {
    name: 'unit',
    instantiation: 'sync',
    multiMemory: true,
    wasiShim: false,
    emitTypescriptDeclarations: false,
    nodejsCompat: false,
    tlaCompat: false,
    base64Cutoff: 0,
  });
  const modules = new Map<string, WebAssembly.Module>();
  const glue = join(folder, 'unit.mjs');
  for (const [path, contents] of Object.entries(files)) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name.endsWith('.wasm')) modules.set(name, new WebAssembly.Module(contents as BufferSource));
    else writeFileSync(glue, contents);
  }
  return {
    parts: { glue, modules },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A new instance over bindings. */
export async function instantiateProbe(
  { glue, modules }: ProbeParts,
  bindings: readonly Binding[],
): Promise<{ run(code: string): string }> {
  const { instantiate } = (await import(pathToFileURL(glue).href)) as { instantiate: Instantiate };
  return instantiate((name) => modules.get(name) as WebAssembly.Module, unversioned(bindings));
}

/** The glue asks for interfaces by their names alone. */
function unversioned(bindings: readonly Binding[]): Record<string, unknown> {
  return Object.fromEntries(
    bindings.flatMap(({ imports }) =>
      Object.entries(imports).map(([id, members]) => [id.replace(/@.*/, ''), members]),
    ),
  );
}
