import type { CatalogueEntry } from '../entry.ts';

/** What the room `build` can report. */
export const BUILD = {
  'build/manifest-not-found': {
    title: 'The manifest is not there',
    why: 'The file that describes the app cannot be read.',
    next: 'Name the manifest: `tenon build composed/<app>.toml`.',
    exit: 1,
  },
  'build/entry-not-found': {
    title: 'A service has no entry module',
    why: 'A service is a folder with a world.wit and a TypeScript module named after the folder, unless the manifest names another in `entry`.',
    next: 'Write the module, or name the right one in `entry` of the service.',
    exit: 1,
  },
  'build/component-not-found': {
    title: 'A prebuilt component is not there',
    why: 'The manifest names a file in `component` that cannot be read.',
    next: 'Build the component, or correct the path; it is relative to the manifest.',
    exit: 1,
  },
  'build/core-module': {
    title: 'A core module stands where a component is wanted',
    why: 'Compilers make core WebAssembly modules first; contracts are part of a component only.',
    next: 'Turn it into a component: `wasm-tools component new module.wasm -o component.wasm`, with the WASI adapter if the module uses WASI.',
    exit: 1,
  },
  'build/not-wasm': {
    title: 'A prebuilt component is no WebAssembly',
    why: 'A binary component starts with `\\0asm`, version 13, layer 1.',
    next: 'Name a binary component in `component`; text is turned into one by `wasm-tools parse`.',
    exit: 1,
  },
  'build/syntax': {
    title: 'A module cannot be parsed',
    why: 'The bundler found a syntax error in a service or in a package that it imports.',
    next: 'Correct the syntax at the caret.',
    exit: 1,
  },
  'build/node-module': {
    title: 'A service imports a module of Node',
    why: 'A service runs in a component, which is not a Node process; `node:` modules do not exist there.',
    next: 'Use a web global or a contract instead, or a package that does not need Node.',
    exit: 1,
  },
  'build/unresolved-import': {
    title: 'An import names a module that is not there',
    why: 'A relative import needs its file with its extension; a package must be installed where the service can see it.',
    next: 'Correct the path, or install the package beside the service.',
    exit: 1,
  },
  'build/import-not-in-world': {
    title: 'A service imports a contract that its world does not declare',
    why: 'What a component may import is what its world.wit declares, under that exact name and version.',
    next: 'Add the import to the world, or correct the name.',
    exit: 1,
  },
  'build/missing-name': {
    title: 'An import names something that the module does not export',
    why: 'The module is there, the name is not among its exports.',
    next: 'Export the name, or import one that is there; a type is imported with `import type`.',
    exit: 1,
  },
  'build/dynamic-import': {
    title: 'A service imports a module at run time',
    why: 'A component holds all of its code: `import()` would have nothing to load from.',
    next: 'Import the module at the top of the file.',
    exit: 1,
  },
  'build/top-level-await': {
    title: 'A module awaits at its top level',
    why: 'Modules are evaluated once, when the component is built; nothing can be waited for then.',
    next: 'Await inside of the function that needs the value.',
    exit: 1,
  },
  'build/missing-global': {
    title: 'A service uses a global that components lack',
    why: 'The engine and the guest library supply a part of what browsers and Node have; what is missing would be `undefined` at run time.',
    next: 'Use what is named instead, or test with `typeof` first if it is optional.',
    exit: 1,
  },
  'build/unknown-global': {
    title: 'A service uses a name that nothing declares',
    why: 'The name is neither declared in the module nor a global of components.',
    next: 'Declare or import it; if it is misspelt, correct it.',
    exit: 1,
  },
  'build/missing-export': {
    title: 'A service does not export what its world wants',
    why: 'An exported interface is implemented by an export of the same name in camelCase, an HTTP service by `export default { fetch }`.',
    next: 'Export it from the entry module.',
    exit: 1,
  },
  'build/wrong-export': {
    title: 'An export of a service is not what its world wants',
    why: 'An interface is an object with one function for each of its functions, a resource a class, a function of the world a function, an HTTP service an object with `fetch`; each takes and gives the types that the world says.',
    next: 'Export what the world wants; `tenon types` writes its types to contract.gen.ts.',
    exit: 1,
  },
  'build/top-level-exception': {
    title: 'A service throws while it is built',
    why: 'Code at the top level of a module runs once, at build time, and its result is kept in the component. An exception there leaves nothing to keep.',
    next: 'Correct the code, or move it into the function that needs it.',
    exit: 1,
  },
  'build/import-at-top-level': {
    title: 'A service calls the host while it is built',
    why: 'Code at the top level of a module runs once, when the component is built; there is no host then whose store or clock could be called.',
    next: 'Move the call into the function that needs it, such as `fetch`.',
    exit: 1,
  },
  'build/type': {
    title: 'A service does not type-check',
    why: 'TypeScript checks services against declarations generated from their worlds, and found an error.',
    next: 'Correct the code at the caret; `tenon types` writes the declarations anew.',
    exit: 1,
  },
  'build/bundler': {
    title: 'The bundler failed',
    why: 'The bundler reported something that Tenon has no own words for.',
    next: 'Follow the bundler’s message.',
    exit: 1,
  },
  'build/toolchain': {
    title: 'The toolchain refused a service',
    why: 'The bundle and its world are handed to a toolchain that makes the component, and it reported an error.',
    next: 'Follow the toolchain’s message.',
    exit: 1,
  },
  'build/toolchain-missing': {
    title: 'A toolchain is not installed',
    why: 'The toolchain `starlingmonkey` is an optional package, because it brings another JavaScript engine.',
    next: 'Install it where tenon is installed: `npm install --save-dev @bytecodealliance/componentize-js`.',
    exit: 3,
  },
  'build/type-checker-missing': {
    title: 'The type checker cannot be run',
    why: 'TypeScript’s compiler is a program for one platform; its package is missing or does not start.',
    next: 'Install again with optional dependencies: `npm install --include=optional`.',
    exit: 3,
  },
  'build/write': {
    title: 'Output cannot be written',
    why: 'A file or folder of the output or the cache could not be written.',
    next: 'Check that the folder exists, that it may be written and that the disk is not full.',
    exit: 3,
  },
} as const satisfies Record<string, CatalogueEntry>;
