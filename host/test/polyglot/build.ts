import { execFile } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cachedBuild } from '../cached-build.ts';
import { wasmToolsProgram } from '../wasm-tools.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const HERE = import.meta.dirname;

/** Fulfilment in C: clang and wasi-libc compile it with the bindings that wit-bindgen wrote for its world. */
export async function buildFulfilment(): Promise<string> {
  const folder = join(HERE, 'fulfilment');
  const sources = ['fulfilment.c', 'bindings/fulfilment.c', 'bindings/fulfilment_component_type.o'];
  const paths = sources.map((name) => join(folder, name));
  return await cachedBuild(
    'fulfilment',
    [...paths, join(folder, 'bindings/fulfilment.h')],
    async (output) => {
      const core = `${output}.core`;
      const flags = [
        '--target=wasm32-wasi',
        '-O2',
        '-mexec-model=reactor',
        '-Wl,--strip-debug',
        '-I',
        folder,
      ];
      await run('clang', [...flags, ...paths, '-o', core]);
      await run(wasmToolsProgram(), ['component', 'new', core, '-o', output]);
      await rm(core);
    },
  );
}

/** Status in Python: componentize-py takes CPython along, and the world as the repository has it. */
export async function buildStatus(): Promise<string> {
  const app = join(HERE, 'status', 'app.py');
  return await cachedBuild('status', [app, join(ROOT, 'components/status/world.wit')], async (output) => {
    const wit = `${output}.wit`;
    await cp(join(ROOT, 'components/status/world.wit'), join(wit, 'world.wit'));
    for (const name of ['fermyon-spin', 'fermyon-spin@2.0.0'])
      await cp(join(ROOT, 'wit/deps', name), join(wit, 'deps', name), { recursive: true });
    const options = ['-d', wit, '-w', 'status', 'componentize', '-p', join(HERE, 'status'), 'app'];
    await run('componentize-py', [...options, '-o', output]);
    await rm(wit, { recursive: true });
  });
}
