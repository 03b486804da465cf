#!/usr/bin/env node
// In the repository the sources run as they are; the published package ships compiled JavaScript,
// because Node refuses to strip types below node_modules.

/** As `engines` of package.json says; an older Node would fail with an error about Tenon's insides. */
const OLDEST = 24;

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

// Compiled code is kept between runs, which halves the time and memory of a start; in the environment, because
// worker threads and child processes read it there.
process.env['NODE_COMPILE_CACHE'] ??= join(process.getBuiltinModule('os').tmpdir(), 'node-compile-cache');
process.getBuiltinModule('module').enableCompileCache();

const compiled = new URL('../dist/host/src/cli/main.js', import.meta.url);
const source = new URL('../src/cli/main.ts', import.meta.url);
const entry = existsSync(source) ? source : compiled;
const { main } = await import(entry.href);
process.exitCode = await main(process.argv.slice(2));
