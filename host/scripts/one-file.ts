import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { rolldown, type Plugin } from 'rolldown';

/**
 * Puts modules that are needed together into one file, in place: `entries`, and what they import statically, end up in
 * `file`, and where each of them was stands one that passes its exports on. So whoever imports one of the others gets
 * the same classes, and a command does not look for a hundred files. Paths are relative to `folder`; packages, but for
 * those `within`, and what is imported while running, stay where they are.
 */
export async function inOneFile(
  folder: string,
  entries: readonly string[],
  file: string,
  within: readonly string[] = [],
): Promise<void> {
  const modules = await staticImports(folder, entries);
  const bundle = await rolldown({
    input: Object.fromEntries(modules.map((module) => [module.replace(/\.js$/, ''), join(folder, module)])),
    cwd: folder,
    platform: 'neutral',
    plugins: [leaving((id) => modules.includes(relative(folder, id)), within), BUILT_INS],
    logLevel: 'warn',
  });
  const { output } = await bundle.generate({
    dir: folder,
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    codeSplitting: { groups: [{ name: file.replace(/\.js$/, '') }] },
    hoistTransitiveImports: false,
    minify: { mangle: false, compress: false, codegen: { removeWhitespace: false } },
    comments: false,
  });
  for (const chunk of output) {
    if (chunk.type !== 'chunk') throw new Error(`the bundler wrote ${chunk.fileName}`);
    const notices = chunk.fileName === file ? within.map(noticeOf).join('') : '';
    writeFileSync(join(folder, chunk.fileName), notices + chunk.code);
  }
  const written = output.map(({ fileName }) => fileName).toSorted();
  if (written.join() !== [...modules, file].toSorted().join())
    throw new Error(`${file} was to hold ${modules.join(', ')}, but the bundler wrote ${written.join(', ')}`);
}

/** The modules that come with the entries, these included. */
async function staticImports(folder: string, entries: readonly string[]): Promise<string[]> {
  const bundle = await rolldown({
    input: entries.map((entry) => join(folder, entry)),
    cwd: folder,
    platform: 'neutral',
    treeshake: false,
    plugins: [leaving((id) => entries.includes(relative(folder, id)))],
  });
  const { output } = await bundle.generate({ dir: folder });
  const ids = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
  return [...new Set(ids)]
    .filter((id) => id.startsWith(folder))
    .map((id) => relative(folder, id))
    .toSorted();
}

/** Leaves packages alone, and what is imported while running unless it `stays`. */
function leaving(stays: (id: string) => boolean, within: readonly string[] = []): Plugin {
  return {
    name: 'leaving',
    resolveId(source, importer) {
      if (importer !== undefined && !/^[./]/.test(source) && !within.includes(source))
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
