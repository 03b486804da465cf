import { readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { problem, TenonError } from '../diagnostics/error.ts';
import { scratchFolder } from './scratch.ts';
import { engineDiagnostic, type ComponentizeRequest } from './componentize.ts';

const PACKAGE = '@bytecodealliance/componentize-js';

/** The part of componentize-js that we use; it is no dependency, so its types are not there. */
interface ComponentizeJs {
  componentize(options: {
    sourcePath: string;
    witPath: string;
    worldName: string;
    disableFeatures: readonly string[];
  }): Promise<{ component: Uint8Array }>;
}

/** The optional toolchain as it is installed. */
export interface StarlingMonkey {
  readonly version: string;
  readonly file: string;
}

/**
 * Finds componentize-js beside Tenon or in the project of the manifest. Throws TenonError
 * `build/toolchain-missing` with the command that installs it.
 */
export async function findStarlingMonkey(service: string, base: string): Promise<StarlingMonkey> {
  for (const from of [import.meta.url, join(base, 'package.json')]) {
    for (const folder of createRequire(from).resolve.paths(PACKAGE) ?? []) {
      const found = await installedIn(join(folder, PACKAGE));
      if (found) return found;
    }
  }
  throw problem(
    'build/toolchain-missing',
    `service ${service} wants the toolchain starlingmonkey, which is not installed`,
    {
      where: `service ${service}`,
      expected: `the package ${PACKAGE}`,
      found: 'no such package beside tenon or the manifest',
      next: `Install it: \`npm install --save-dev ${PACKAGE}\`, or use the toolchain quickjs.`,
    },
  );
}

/** The package exports itself to `import` only, so Node's `resolve` does not find it. */
async function installedIn(folder: string): Promise<StarlingMonkey | undefined> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { version, exports } = JSON.parse(text) as { version: string; exports: { import: string } };
  return { version, file: join(folder, exports.import) };
}

/**
 * Makes a component of a bundle with StarlingMonkey. The bundle is the one that QuickJS gets, with the guest's
 * globals and event loop in it, so that a service behaves alike in both. Throws TenonError as QuickJS's does.
 */
export async function componentizeStarlingMonkey(
  request: ComponentizeRequest,
  tool: StarlingMonkey,
): Promise<Uint8Array> {
  const { componentize } = (await import(pathToFileURL(tool.file).href)) as ComponentizeJs;
  const folder = await scratchFolder(join(request.cache.folder, 'tmp'), 'starlingmonkey-');
  try {
    const sourcePath = join(folder, `${request.service}.js`);
    const witPath = join(folder, 'world.wit');
    await writeFile(sourcePath, request.bundle.code);
    await writeFile(witPath, request.wit.source);
    const { component } = await componentize({
      sourcePath,
      witPath,
      worldName: request.wit.world,
      // The guest's `fetch` goes through the world's own import, so nothing of wasi:http is needed.
      disableFeatures: ['http', 'fetch-event'],
    });
    return component;
  } catch (error) {
    throw new TenonError([engineDiagnostic((error as Error).message, request)], { cause: error });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
