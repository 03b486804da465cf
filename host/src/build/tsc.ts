import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve, sep } from 'node:path';
import { problem } from '../diagnostics/error.ts';
import { scratchFolder } from './scratch.ts';

/** One error of the compiler. */
export interface CompilerError {
  /** Absolute; absent for what concerns no file. */
  readonly file?: string;
  /** Line and column count from 1. */
  readonly line?: number;
  readonly column?: number;
  /** `TS2345` */
  readonly number: string;
  readonly text: string;
  /** The indented lines below it, which explain it. */
  readonly details: readonly string[];
}

export interface TypeCheck {
  readonly errors: readonly CompilerError[];
  /** Those in the generated module. */
  readonly generated: readonly CompilerError[];
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
  // So that an entry in plain JavaScript is no error; it is not checked.
  allowJs: true,
  noEmit: true,
} as const;

/** What the result of a check depends on beside the files. */
export const TYPE_CHECK_OPTIONS: string = JSON.stringify(OPTIONS);

/**
 * Runs TypeScript's compiler over modules and what they import, and over a module of `generated` text.
 * `scratch` is a folder for files that are gone afterwards. Throws TenonError `build/type-checker-missing`;
 * what is wrong with the modules is returned.
 */
export async function runTypeCheck(
  files: readonly string[],
  scratch: string,
  generated?: string,
): Promise<TypeCheck> {
  const folder = await scratchFolder(scratch, 'tsc-');
  try {
    const config = join(folder, 'tsconfig.json');
    const module = join(folder, 'generated.ts');
    if (generated !== undefined) await writeFile(module, generated);
    const all = generated === undefined ? files : [...files, module];
    await writeFile(config, JSON.stringify({ compilerOptions: OPTIONS, files: all }));
    const output = await run(['-p', config, '--pretty', 'false', '--listFiles'], folder);
    const read = readOutput(output, folder);
    return {
      errors: read.errors.filter(({ file }) => file !== module),
      generated: read.errors.filter(({ file }) => file === module),
      files: read.files.filter((file) => file !== module),
    };
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

/** Exported for its test: the compiler's plain output; indented lines explain the one above. */
export function readOutput(output: string, cwd: string): Omit<TypeCheck, 'generated'> {
  const files: string[] = [];
  const errors: (CompilerError & { details: string[] })[] = [];
  for (const line of output.split(/\r?\n/)) {
    const groups = (AT_PLACE.exec(line) ?? WITHOUT_PLACE.exec(line))?.groups;
    if (groups) {
      const { file, line: row, column, number = '', text = '' } = groups;
      const place = file !== undefined && {
        file: resolve(cwd, file),
        line: Number(row),
        column: Number(column),
      };
      errors.push({ ...place, number, text, details: [] });
    } else if (/^\s/.test(line)) errors.at(-1)?.details.push(line.trim());
    else if (line !== '') files.push(resolve(cwd, line));
  }
  return { errors, files: files.filter((file) => !isCompilerFile(file)) };
}

/** `--listFiles` names the compiler's own libraries too; they change with its version only. */
function isCompilerFile(file: string): boolean {
  return file
    .split(sep)
    .some(
      (part, index, parts) => part === '@typescript' || (part === 'typescript' && parts[index + 1] === 'lib'),
    );
}
