import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { rolldown, type Plugin } from 'rolldown';

/** What a script is made of. Paths are relative to the folder that it lies in. */
export interface Parts {
  /** The module whose exports are the script's. */
  readonly entry: string;
  /** Modules that are part of it although they are only imported while running. */
  readonly modules: readonly string[];
  /** Packages of which it has a copy. */
  readonly packages: readonly string[];
}

/**
 * Puts a module, and what it imports statically, into one script, as `host/bin/script.js` runs it: a function of
 * `exports`, of the script's own address and of `import`. What is imported while running stays outside, but for
 * `modules`. The first line is a digest of the rest, under which compiled code is kept.
 */
export async function inOneFile(folder: string, file: string, parts: Parts): Promise<void> {
  const { entry, modules, packages } = parts;
  const bundle = await rolldown({
    input: join(folder, entry),
    cwd: folder,
    platform: 'neutral',
    transform: { define: { 'import.meta.url': ADDRESS } },
    plugins: [outside((id) => modules.includes(relative(folder, id)), packages), BUILT_INS],
    logLevel: 'warn',
  });
  const { output } = await bundle.generate({
    dir: folder,
    format: 'cjs',
    entryFileNames: file,
    codeSplitting: false,
    minify: { mangle: false, compress: false, codegen: { removeWhitespace: false } },
    comments: false,
  });
  const [script] = output;
  const left = [...modules, entry].filter((one) => !script.moduleIds.includes(join(folder, one)));
  if (output.length > 1 || script.imports.length > 0 || left.length > 0)
    throw new Error(
      `${file} imports ${script.imports.join()}, lacks ${left.join()}, and is one of ${output.length}`,
    );
  const code = importsByHand(script.code, script.dynamicImports);
  const notices = packages.map(noticeOf).join('');
  const text = inAscii(
    `${notices}(function (exports, ${ADDRESS}, ${IMPORT}) {\n'use strict';\n${code}\n})\n`,
  );
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 32);
  writeFileSync(join(folder, file), `//${digest}\n${text}`);
}

const ADDRESS = '__tenonScript';
const IMPORT = '__tenonImport';

/** A script that imports while running would have Node warn that this is experimental; so its caller does it. */
function importsByHand(code: string, expected: readonly string[]): string {
  const found = new Set<string>();
  const changed = code.replaceAll(/\bawait import\("([^"]+)"\)/g, (_, id: string) => {
    found.add(id);
    return `await ${IMPORT}("${id}")`;
  });
  if (found.size !== expected.length)
    throw new Error(`of ${expected.join(', ')} only ${[...found].join(', ')} stand behind \`await\``);
  return changed;
}

/** One other character, and V8 takes two bytes for each: twice the memory, and four times as long to read. */
function inAscii(text: string): string {
  return text.replaceAll(/[^\0-\x7f]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Leaves outside what is imported while running unless it `stays`, and all packages that are not named. */
function outside(stays: (id: string) => boolean, packages: readonly string[]): Plugin {
  return {
    name: 'outside',
    resolveId(source, importer) {
      if (importer !== undefined && !/^[./]/.test(source) && !packages.includes(source))
        return { id: source, external: true };
      return undefined;
    },
    resolveDynamicImport(source, importer) {
      if (typeof source !== 'string' || importer === undefined) return undefined;
      const id = source.startsWith('.') ? resolve(dirname(importer), source) : source;
      return stays(id) ? { id } : { id, external: true };
    },
  };
}

/** A copy of a package carries its licence. */
function noticeOf(name: string): string {
  const licence = readFileSync(new URL('LICENSE', import.meta.resolve(name)), 'utf8');
  return `/*! ${name}\n\n${licence.trim()}\n*/\n`;
}

/**
 * Node's own modules are asked for in place of imported: for an import Node gathers all that one of them exports, and of
 * `fs` that loads streams and promises, which is a tenth of a short command. The one that starts processes is asked for
 * where one is started.
 */
const BUILT_INS: Plugin = {
  name: 'built-ins',
  transform(code) {
    return code.replaceAll(
      /^import (?:(\w+)|\{([^}]*)\}) from ['"](node:[\w/]+)['"];$/gm,
      (_, whole: string | undefined, names: string | undefined, id: string) => {
        const module = `globalThis.process.getBuiltinModule('${id}')`;
        if (id === 'node:child_process' && whole === undefined)
          throw new Error(`${id} is imported by name, and only known as a whole`);
        if (id === 'node:child_process')
          return `const ${whole} = { spawn: (...args) => ${module}.spawn(...args) };`;
        return `const ${whole ?? `{${names?.replaceAll(' as ', ': ')}}`} = ${module};`;
      },
    );
  },
};
