const { readFileSync, renameSync, rmSync, writeFileSync } = process.getBuiltinModule('fs');
const { getCompileCacheDir } = process.getBuiltinModule('module');
const { basename, join } = process.getBuiltinModule('path');
const { fileURLToPath } = process.getBuiltinModule('url');
const { setFlagsFromString } = process.getBuiltinModule('v8');
const { Script } = process.getBuiltinModule('vm');

/**
 * Runs a script as `host/scripts/one-file.ts` makes it, and gives its exports. Its compiled code is kept, all of it: what
 * Node's own cache keeps of a file are the functions that were compiled when it had been loaded, and to compile the others
 * in each process is a third of what a command costs that calls each of them a few times.
 */
export function exportsOf(address) {
  const file = fileURLToPath(address);
  // It is ASCII, and so for V8 one byte a character.
  const source = readFileSync(file, 'latin1');
  // Node's folder is one for each version of Node, set of V8's flags and user; there is none if the cache is disabled.
  const folder = getCompileCacheDir();
  const kept = folder && join(folder, `${basename(file)}-${source.slice(2, source.indexOf('\n'))}`);
  const cachedData = kept && read(kept);
  const script =
    kept && !cachedData
      ? compiledWhole(source, file, kept)
      : new Script(source, { filename: file, cachedData });
  // Half a file, say. Compiled anew in this process it would be as V8 has it now, which is not whole.
  if (script.cachedDataRejected) rmSync(kept, { force: true });
  const exports = {};
  script.runInThisContext()(exports, address.href, (id) => import(new URL(id, address).href));
  return exports;
}

function read(kept) {
  try {
    return readFileSync(kept);
  } catch {
    return undefined;
  }
}

/** Compiles every function, which costs the first run of a version what all the others save. */
function compiledWhole(source, file, kept) {
  setFlagsFromString('--no-lazy');
  const script = new Script(source, { filename: file });
  setFlagsFromString('--lazy');
  const unfinished = `${kept}.${process.pid}.part`;
  try {
    // On the disk before it has its name: V8 takes what it reads here for true.
    writeFileSync(unfinished, script.createCachedData(), { flush: true });
    renameSync(unfinished, kept);
  } catch {
    // Where nothing can be kept, the next run compiles again.
    rmSync(unfinished, { force: true });
  }
  return script;
}
