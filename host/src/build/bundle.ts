import { dirname, resolve } from 'node:path';
import { rolldown, type Plugin, type RolldownLog, type RolldownOutput } from 'rolldown';
import { parseAst } from 'rolldown/parseAst';
import { FUSED_IMPORTS, LACKING, MESSAGING_IMPORTS, NATIVE, PROVIDED } from '../../../guest/src/registry.ts';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { TenonError } from '../diagnostics/error.ts';
import { bundlerDiagnostics } from './bundle-log.ts';
import { fileOf, partOf, partsPlugin, generatedFor, type BundlePart } from './bundle-parts.ts';
import { globalProblem } from './global-problem.ts';
import { globalThisPlugin } from './global-this.ts';
import { globalUses, type GlobalUse, type SyntaxNode } from './globals.ts';
import { guestFile, isGuestFile } from './guest.ts';
import { isFitted, needsFit, starlingMonkeyPlugin } from './starlingmonkey-guest.ts';
import { isPackageFile, mapPath, placeOf, spanAt, spanOfText } from './places.ts';
import { readSourceMap } from './source-map.ts';

export interface BundleRequest {
  /** The service's name, for messages. */
  readonly service: string;
  /** Absolute file of the service's entry module. */
  readonly entry: string;
  /** The generated module that adapts the service's exports to its world; see entry.ts. */
  readonly adapter: string;
  /** The engine that runs it; QuickJS if absent. */
  readonly engine?: 'quickjs' | 'starlingmonkey';
  /** What the service's own code may import: the names of its world's imports. */
  readonly imports: ReadonlySet<string>;
  /** Absolute folder that the source map's paths are relative to. */
  readonly base: string;
  /** Called with the names that the entry module exports, before anything is generated. */
  readonly checkExports?: (names: readonly string[]) => readonly Diagnostic[];
  /** Where several services are bundled together: each of them; `imports` is then what all of them may import. */
  readonly parts?: readonly BundlePart[];
}

/** A service as one ES module, in which only host and contract imports are left. */
export interface Bundle {
  readonly code: string;
  /** Its source map, version 3, paths relative to the request's base; the guest's own are `guest/…`. */
  readonly map: string;
  /** Names of the imports that are left, sorted. */
  readonly imports: readonly string[];
  /** Absolute files that went into it, sorted. */
  readonly inputs: readonly string[];
}

const ADAPTER = 'tenon:adapter';
const ADAPTER_ID = '\0tenon:adapter.ts';
const LACKING_PREFIX = '\0tenon:lacking/';
const ASYNC_HELPER = /^\0@oxc-project\+runtime@[^/]+\/helpers\/esm\/asyncToGenerator\.js$/;
const GUEST_ASYNC_HELPER = `export { asyncToGenerator as default } from ${JSON.stringify(guestFile('async/promise.ts'))};`;
const KNOWN = new Set([...NATIVE, ...Object.keys(PROVIDED)]);
/** Members of globals that are there: their use is turned into an import that cannot be resolved. */
const LACKING_MEMBERS = Object.keys(LACKING).filter((name) => name.includes('.'));

/**
 * Bundles a service for QuickJS: everything but host and contract imports in one module, lowered to ES2016 so
 * that promises can be driven in a synchronous component, the guest's globals imported where they are used.
 * Throws TenonError with one diagnostic for each problem found, placed in the TypeScript source.
 */
export async function bundleService(request: BundleRequest): Promise<Bundle> {
  const first = await runBundler(request, false);
  const bundle = needsWhole(first.uses) ? await runBundler(request, true) : first;
  const problems = [...bundle.problems, ...globalDiagnostics(request, bundle)];
  if (problems.length > 0) throw new TenonError(problems);
  const { code, map, imports, inputs } = bundle;
  return { code, map, imports, inputs };
}

interface Bundled extends Bundle {
  readonly uses: readonly GlobalUse[];
  readonly problems: readonly Diagnostic[];
}

async function runBundler(request: BundleRequest, whole: boolean): Promise<Bundled> {
  const problems: Diagnostic[] = [];
  const logs: RolldownLog[] = [];
  let output: RolldownOutput;
  try {
    const build = await rolldown({
      input: ADAPTER,
      cwd: request.base,
      platform: 'neutral',
      // A service is built alike wherever its folder lies: no tsconfig.json of a parent folder has a say.
      tsconfig: false,
      resolve: { mainFields: ['module', 'main'], conditionNames: ['import', 'module', 'default'] },
      external: (id, importer) => isExternal(id, importer, request),
      transform: { target: 'es2016', inject: injections(whole) },
      plugins: [
        ...(request.engine === 'starlingmonkey' ? [starlingMonkeyPlugin()] : []),
        globalThisPlugin(),
        servicePlugin(request, problems),
        ...(request.parts ? [partsPlugin(request.parts, problems)] : []),
      ],
      // Paths in comments would make the same service different in another folder.
      experimental: { attachDebugInfo: 'none' },
      onLog: (level, log) => {
        if (level === 'warn') logs.push(log);
      },
    });
    try {
      output = await build.generate({
        format: 'esm',
        sourcemap: true,
        sourcemapExcludeSources: true,
        codeSplitting: false,
        sourcemapPathTransform: (source, map) => mapPath(resolve(dirname(map), fileOf(source)), request.base),
        comments: false,
      });
    } finally {
      await build.close();
    }
  } catch (error) {
    const found = [...problems, ...bundlerDiagnostics(error, logs, request)];
    throw new TenonError(found, { cause: error });
  }
  problems.push(...bundlerDiagnostics(undefined, logs, request));
  const [chunk] = output.output;
  return {
    code: chunk.code.replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n'),
    map: chunk.map!.toString(),
    imports: [...chunk.imports].sort(),
    inputs: [...new Set(chunk.moduleIds.filter((id) => !id.startsWith('\0')).map(fileOf))].sort(),
    uses: globalUses(parseAst(chunk.code) as unknown as SyntaxNode),
    problems,
  };
}

function servicePlugin(request: BundleRequest, problems: Diagnostic[]): Plugin {
  return {
    name: 'tenon-service',
    resolveId(source, importer, { kind }) {
      if (source === ADAPTER) return ADAPTER_ID;
      if (source.startsWith(LACKING_PREFIX)) {
        const name = source.slice(LACKING_PREFIX.length);
        if (importer && !isPackageFile(importer)) problems.push(lackingMember(name, fileOf(importer)));
        return source;
      }
      if (kind === 'dynamic-import' && importer) problems.push(dynamicImport(source, fileOf(importer)));
      return undefined;
    },
    load(id) {
      if (id === ADAPTER_ID) return { code: request.adapter, moduleType: 'ts' };
      if (id.startsWith(LACKING_PREFIX)) return 'export const missing = undefined;';
      return undefined;
    },
    // The bundler's own helper for lowered `async` functions does the same with far more promises.
    transform: (_, id) => (ASYNC_HELPER.test(id) ? GUEST_ASYNC_HELPER : undefined),
    moduleParsed({ id, exports }) {
      if (id === request.entry && request.checkExports) problems.push(...request.checkExports(exports));
    },
  };
}

/** All that the guest's modules may import of the host. */
const GUEST_IMPORTS = new Set([
  ...Object.values(PROVIDED).flatMap(({ imports }) => imports ?? []),
  ...FUSED_IMPORTS,
  ...MESSAGING_IMPORTS,
]);

function isExternal(id: string, importer: string | undefined, request: BundleRequest): boolean {
  const { engine, parts = [] } = request;
  if (importer === undefined) return false;
  const own = partOf(importer, parts);
  const part = own ?? generatedFor(importer, parts);
  const imports = part?.imports ?? request.imports;
  // The module that stands for an import may import it.
  if (own?.standIns.has(id)) return false;
  if (isFitted(importer)) return true;
  // Of several services, each may import what its own world does only.
  if (!isGuestFile(importer)) return (part !== undefined || parts.length === 0) && imports.has(id);
  return (imports.has(id) || GUEST_IMPORTS.has(id)) && !(engine === 'starlingmonkey' && needsFit(id));
}

/** Global → [module, export] for the bundler, for each way to write it. */
function injections(whole: boolean): Record<string, [string, string]> {
  const table: Record<string, [string, string]> = {};
  for (const [name, { module, export: exported, whole: onlyWhole }] of Object.entries(PROVIDED)) {
    if (onlyWhole && !whole) continue;
    const target: [string, string] = [guestFile(module), exported];
    table[name] = target;
    table[`globalThis.${name}`] = target;
  }
  for (const name of LACKING_MEMBERS) {
    table[name] = [`${LACKING_PREFIX}${name}`, 'missing'];
    table[`globalThis.${name}`] = [`${LACKING_PREFIX}${name}`, 'missing'];
  }
  return table;
}

/** Whether an object that the guest replaces in part is used as a whole, as in `const { random } = Math`. */
function needsWhole(uses: readonly GlobalUse[]): boolean {
  return uses.some(
    ({ name, kind, member }) => kind === 'name' && member === undefined && PROVIDED[name]?.whole === true,
  );
}

/** The globals that are left in the bundle and that a component lacks, each placed in its source. */
function globalDiagnostics(request: BundleRequest, bundle: Bundled): Diagnostic[] {
  const map = readSourceMap(bundle.map);
  const placed = bundle.uses.map((use) => {
    const { line, column } = placeOf(bundle.code, use.offset);
    return { use, place: map.original(line, column) };
  });
  // A file that asks `typeof X` copes with its absence.
  const asked = new Set(
    placed.flatMap(({ use, place }) => (use.kind === 'typeof' ? [`${place?.file} ${use.name}`] : [])),
  );
  const seen = new Set<string>();
  const found: Diagnostic[] = [];
  for (const { use, place } of placed) {
    const { name } = use;
    if (use.kind === 'typeof' || asked.has(`${place?.file} ${name}`)) continue;
    const advice = Object.hasOwn(LACKING, name) ? LACKING[name] : undefined;
    if (use.kind === 'member' ? advice === undefined || isPackageFile(place?.file ?? '') : KNOWN.has(name))
      continue;
    const key = `${place?.file}:${place?.line}:${place?.column} ${name}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const details = {
      ...(place && { span: spanAt(resolve(request.base, place.file), place.line, place.column) }),
      where: `service ${request.service}`,
    };
    found.push(globalProblem(name, details));
  }
  return found;
}

function lackingMember(name: string, importer: string): Diagnostic {
  return globalProblem(name, { span: spanOfText(importer, name) });
}

function dynamicImport(source: string, importer: string): Diagnostic {
  return diagnose(
    'build/dynamic-import',
    `\`import('${source}')\` at run time is not possible in a component`,
    {
      span: spanOfText(importer, source),
      expected: 'imports at the top of the module',
      found: `import('${source}')`,
      next: `Write \`import … from '${source}'\` at the top of the module.`,
    },
  );
}
