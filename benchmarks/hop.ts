/**
 * `npm run hop`: what one call from service to service costs, side by side in one run: linked on Node as Tenon
 * runs it, linked on Node with jco's glue as it comes, the same component on Wasmtime 42, and both services fused
 * into one engine on Node and on Wasmtime 42.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transpileBytes } from '@bytecodealliance/jco-transpile';
import { createBindings } from '../host/src/bindings/create.ts';
import { buildApp } from '../host/src/build/app.ts';
import { createHandleLedger } from '../host/src/runtime/handles.ts';
import { importsFor } from '../host/src/runtime/imports.ts';
import { createInstance, type Instantiate } from '../host/src/runtime/instance.ts';
import { prepareUnit } from '../host/src/runtime/prepare.ts';
import { tool } from '../host/test/tools.ts';
import { startWasmtime } from '../host/test/wasmtime/unit.ts';
import { median } from './statistics.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 7);
const CALLS = { ping: 100_000, echo: 100_000, judge: 20_000 } as const;
type Call = keyof typeof CALLS;

/** Answers one request of the caller service: its path with query in, the body out. */
type Target = (path: string) => Promise<string>;

interface HttpExport {
  handleRequest(request: object): { readonly body?: Uint8Array };
}

function targetOf(exports: Readonly<Record<string, unknown>>): Target {
  const http = (exports['fermyon:spin/inbound-http'] ?? exports['inboundHttp']) as HttpExport;
  return async (uri) => {
    const answer = http.handleRequest({
      method: 'get',
      uri,
      headers: [['host', 'localhost']],
      params: [],
      body: undefined,
    });
    return new TextDecoder().decode(answer.body);
  };
}

const compile = async (
  directory: string,
  names: readonly string[],
): Promise<Map<string, WebAssembly.Module>> =>
  new Map(
    await Promise.all(
      names.map(
        async (name) => [name, await WebAssembly.compile(await readFile(join(directory, name)))] as const,
      ),
    ),
  );

const temporary = await mkdtemp(join(tmpdir(), 'tenon-hop-'));
try {
  const manifest = fileURLToPath(new URL('./hop/hop.toml', import.meta.url));
  const built = await buildApp({ manifest, outDir: join(temporary, 'linked') });
  const { unit, wasm } = built.units[0]!;
  const place = ['caller.callee=fused'];
  const fused = (await buildApp({ manifest, place, outDir: join(temporary, 'fused') })).units[0]!.wasm;
  const bytes = await readFile(wasm);
  const bindings = createBindings(
    {
      unit: unit.name,
      services: unit.services,
      grants: unit.grants,
      stores: {},
      variables: {},
      environment: {},
      sends: [],
    },
    { log: (_, line) => process.stderr.write(`${line}\n`) },
  );

  const onNode = async (component: Uint8Array) => {
    const prepared = await prepareUnit(component, temporary, { memoryLimit: 128 * 1024 * 1024 });
    const imports = importsFor(prepared.imports, bindings);
    const { instantiate } = (await import(pathToFileURL(prepared.glue).href)) as { instantiate: Instantiate };
    const modules = await compile(prepared.directory, prepared.modules);
    const ledger = createHandleLedger();
    const { exports } = createInstance({
      instantiate,
      modules,
      imports,
      fastIntrinsics: true,
      resettable: false,
      ledger,
    });
    return { imports, target: targetOf(exports) };
  };
  const { imports, target } = await onNode(bytes);

  const stockDirectory = join(temporary, 'stock');
  const { files } = await transpileBytes(bytes, {
    name: 'stock',
    instantiation: 'sync',
    outDir: stockDirectory,
  });
  const stockFiles = new Map(
    Object.entries(files).map(([path, data]) => [path.slice(path.lastIndexOf('/') + 1), data]),
  );
  await mkdir(stockDirectory, { recursive: true });
  for (const [name, data] of stockFiles)
    await writeFile(join(stockDirectory, name.replace(/\.js$/, '.mjs')), data);
  const stockModules = await compile(
    stockDirectory,
    [...stockFiles.keys()].filter((name) => name.endsWith('.wasm')),
  );
  const stockGlue = (await import(pathToFileURL(join(stockDirectory, 'stock.mjs')).href)) as {
    instantiate: Instantiate;
  };
  const stock = stockGlue.instantiate(
    (name) => stockModules.get(name)!,
    imports,
    (module, given) => new WebAssembly.Instance(module, given as WebAssembly.Imports | undefined),
  );

  const targets = new Map<string, Target>([
    ['fused, Node (Tenon)', (await onNode(await readFile(fused))).target],
    ['linked, Node (Tenon)', target],
    ['linked, Node (stock jco glue)', targetOf(stock)],
  ]);
  const wasmtime = tool('python-wasmtime');
  await using host = wasmtime.missing ? undefined : startWasmtime({ linked: wasm, fused });
  if (host) {
    for (const name of ['linked', 'fused']) {
      targets.set(`${name}, Wasmtime 42`, async (uri) => {
        const answer = await host.units[name]!.request({
          method: 'GET',
          uri,
          headers: [['host', 'localhost']],
        });
        return new TextDecoder().decode(answer.body);
      });
    }
  } else process.stdout.write(`Wasmtime is left out${wasmtime.reason}\n`);

  const samples = new Map<string, number[]>();
  for (let round = 0; round <= ROUNDS; round++) {
    const order = [...targets];
    if (round % 2) order.reverse();
    for (const [name, target] of order) {
      for (const call of Object.keys(CALLS) as Call[]) {
        const count = CALLS[call];
        const started = performance.now();
        const body = await target(`/hop?call=${call}&count=${count}`);
        const microseconds = ((performance.now() - started) / count) * 1000;
        if (body !== JSON.stringify({ right: count })) throw new Error(`${name} answered ${body}`);
        // The first round warms up.
        if (round > 0)
          samples.set(`${name} ${call}`, [...(samples.get(`${name} ${call}`) ?? []), microseconds]);
      }
    }
  }

  const micro = (name: string, call: Call): number => median(samples.get(`${name} ${call}`) ?? []);
  process.stdout.write(`${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}, `);
  process.stdout.write(`median of ${ROUNDS} rounds, µs per call\n\n`);
  process.stdout.write(
    `${''.padEnd(32)}${'ping u32'.padStart(10)}${'echo 16 B'.padStart(11)}${'record'.padStart(9)}\n`,
  );
  for (const name of targets.keys()) {
    const [ping, echo, judge] = (['ping', 'echo', 'judge'] as const).map((call) =>
      micro(name, call).toFixed(2),
    );
    process.stdout.write(
      `${name.padEnd(32)}${ping!.padStart(10)}${echo!.padStart(11)}${judge!.padStart(9)}\n`,
    );
  }
} finally {
  await rm(temporary, { recursive: true, force: true });
}
