#!/usr/bin/env node
// In the repository the sources run as they are; the published package ships compiled JavaScript,
// because Node refuses to strip types below node_modules.

/** As `engines` of package.json says; an older Node would fail with an error about Tenon's insides. */
const OLDEST = 24;
/** The newest whose V8 is known to have the flags that are set below. */
const NEWEST_TRIED = 26;

if (Number(process.versions.node.split('.')[0]) < OLDEST) {
  process.stderr.write(
    [
      `error[cli/node-version]: Tenon does not run on this version of Node`,
      `  in:       ${process.execPath}`,
      `  expected: Node ${OLDEST} or newer`,
      `  found:    ${process.version}`,
      `  next:     Install a newer Node, or run \`npm install node@${OLDEST}\` and then \`npx tenon\` in your folder.`,
      '',
    ].join('\n'),
  );
  process.exit(3);
}

// Built-ins are not imported, since for an import Node loads all that one of them exports: of `fs` 5 ms. Only here, as
// an older Node has no such function.
const { existsSync } = process.getBuiltinModule('fs');
const { join } = process.getBuiltinModule('path');

/** Commands that read a few files and end; the package has a script for them. */
const RUN_ONCE = ['compose', 'diff'];

const source = new URL('../src/cli/main.ts', import.meta.url);
const isPacked = !existsSync(source);
const runsOnce = isPacked && RUN_ONCE.includes(process.argv[2]);

// What runs once is over before optimised code would have paid for its making, on a thread beside: eight times V8's own
// numbers of calls before it makes some. A graph of a hundred components comes there, and is not slower for it. Where
// V8 does not know a flag it says so on standard error, so only Nodes that were tried get them.
if (runsOnce && Number(process.versions.node.split('.')[0]) <= NEWEST_TRIED) {
  process
    .getBuiltinModule('v8')
    .setFlagsFromString(
      '--invocation-count-for-maglev=3200 --invocation-count-for-maglev-osr=800 --invocation-count-for-turbofan=24000 --invocation-count-for-osr=4000',
    );
}

// Compiled code is kept between runs, which halves the time and memory of a start; in the environment, because
// worker threads and child processes read it there.
process.env['NODE_COMPILE_CACHE'] ??= join(process.getBuiltinModule('os').tmpdir(), 'node-compile-cache');
process.getBuiltinModule('module').enableCompileCache();

const { main, isWritten } = await tool();
process.exitCode = await main(process.argv.slice(2));
// Left to itself Node would now collect the garbage that it has begun to mark, and take the heap apart.
if (runsOnce && isWritten()) process.exit();

async function tool() {
  if (!isPacked) return await import(source.href);
  const rooms = new URL('../dist/host/src/cli/', import.meta.url);
  if (!runsOnce) return await import(new URL('main.js', rooms).href);
  const { exportsOf } = await import('./script.js');
  return exportsOf(new URL('once.cjs', rooms));
}
