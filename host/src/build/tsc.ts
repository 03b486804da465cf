import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve, sep } from 'node:path';
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { problem } from '../diagnostics/error.ts';
import { displayPath, spanAt } from './places.ts';

export interface TypeCheck {
  readonly diagnostics: readonly Diagnostic[];
  /** Absolute files that were looked at, TypeScript's own libraries left out. */
  readonly files: readonly string[];
}

/** How services are checked: as strictly as Tenon itself, with no globals but the language's. */
const OPTIONS = {
  target: 'es2023',
  lib: ['es2023', 'esnext.disposable', 'esnext.iterator', 'esnext.collection'],
  module: 'esnext',
  moduleResolution: 'bundler',
  moduleDetection: 'force',
  types: [],
  strict: true,
  noUncheckedIndexedAccess: true,
  allowImportingTsExtensions: true,
  resolveJsonModule: true,
  isolatedModules: true,
  skipLibCheck: true,
  noEmit: true,
} as const;

/** What the result of a check depends on beside the files. */
export const TYPE_CHECK_OPTIONS: string = JSON.stringify(OPTIONS);

/**
 * Runs TypeScript's compiler over modules and what they import. `scratch` is a folder for a file that is gone
 * afterwards. Throws TenonError `build/type-checker-missing`; type errors are returned.
 */
export async function runTypeCheck(files: readonly string[], scratch: string): Promise<TypeCheck> {
  await mkdir(scratch, { recursive: true });
  const folder = await mkdtemp(join(scratch, 'tsc-'));
  try {
    const config = join(folder, 'tsconfig.json');
    await writeFile(config, JSON.stringify({ compilerOptions: OPTIONS, files }));
    const output = await run(['-p', config, '--pretty', 'false', '--listFiles'], folder);
    return readOutput(output, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function typescriptFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
}

function run(args: readonly string[], cwd: string): Promise<string> {
  const compiler = join(typescriptFolder(), 'bin', 'tsc');
  return new Promise((resolvePromise, reject) => {
    execFile(process.execPath, [compiler, ...args], { cwd, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      // Exit codes 1 and 2 say that there are errors in the sources; they stand in the output.
      if (error && (typeof error.code !== 'number' || !/error TS\d+/.test(stdout))) {
        reject(
          problem('build/type-checker-missing', "TypeScript's compiler does not run", {
            where: compiler,
            expected: 'the compiler of the package typescript',
            found: (stderr || stdout || error.message).trim().split('\n')[0],
            cause: error,
          }),
        );
      } else {
        resolvePromise(stdout);
      }
    });
  });
}

const AT_PLACE = /^(?<file>.+?)\((?<line>\d+),(?<column>\d+)\): error (?<number>TS\d+): (?<text>.*)$/;
const WITHOUT_PLACE = /^error (?<number>TS\d+): (?<text>.*)$/;

/** Exported for its test: the compiler's plain output as diagnostics; indented lines explain the one above. */
export function readOutput(output: string, cwd: string): TypeCheck {
  const files: string[] = [];
  const found: { groups: Record<string, string>; details: string[] }[] = [];
  for (const line of output.split(/\r?\n/)) {
    const groups = (AT_PLACE.exec(line) ?? WITHOUT_PLACE.exec(line))?.groups as
      | Record<string, string>
      | undefined;
    if (groups) found.push({ groups, details: [] });
    else if (/^\s/.test(line)) found.at(-1)?.details.push(line.trim());
    else if (line !== '') files.push(resolve(cwd, line));
  }
  return {
    diagnostics: found.map(({ groups, details }) => typeDiagnostic(groups, details, cwd)),
    files: files.filter((file) => !isCompilerFile(file)),
  };
}

/** `--listFiles` names the compiler's own libraries too; they change with its version only. */
function isCompilerFile(file: string): boolean {
  return file
    .split(sep)
    .some(
      (part, index, parts) => part === '@typescript' || (part === 'typescript' && parts[index + 1] === 'lib'),
    );
}

function typeDiagnostic(groups: Record<string, string>, details: readonly string[], cwd: string): Diagnostic {
  const { file, line, column, number, text = '' } = groups;
  const assigned =
    /^(?:Argument of type|Type) '(.+)' is not assignable to (?:parameter of )?type '(.+)'\.$/.exec(text);
  return diagnose('build/type', `${text.replace(/\.$/, '')} (${number})`, {
    ...(file !== undefined && { span: spanAt(resolve(cwd, file), Number(line), Number(column)) }),
    ...(file === undefined && { where: displayPath(cwd) }),
    ...(assigned && { expected: `type \`${assigned[2]}\``, found: `type \`${assigned[1]}\`` }),
    related: details.map((message) => ({ message })),
  });
}
