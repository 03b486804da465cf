import type { CatalogueEntry } from '../entry.ts';

/** What the room `contract` can report. */
export const CONTRACT = {
  'contract/no-package': {
    title: 'A WIT file belongs to no package',
    why: 'A WIT file starts with its package, `package orders:fulfilment@0.1.0;`, unless another file in its folder does.',
    next: 'Add a package line at the top of the file.',
    exit: 1,
  },
  'contract/missing-package': {
    title: 'A WIT package is not there',
    why: 'A world or an interface refers to a package, by name and exact version, and no WIT file declares it.',
    next: 'Correct the name or the version, or put the package into wit/ (or wit/deps/ if it is not yours).',
    exit: 1,
  },
  'contract/duplicate-package': {
    title: 'A WIT package is declared twice',
    why: 'Two folders declare the same package in the same version with different contents, so it is open which one is meant.',
    next: 'Remove one of them, or give it another name or version.',
    exit: 1,
  },
  'contract/package-cycle': {
    title: 'WIT packages depend on each other in a circle',
    why: 'A package may refer only to packages that do not lead back to it.',
    next: 'Move what both need into a package of its own.',
    exit: 1,
  },
  'contract/no-world': {
    title: 'A service has no world',
    why: 'A world says what a service imports and exports; the service has a WIT file without one.',
    next: 'Declare a world: `world my-service { import …; export …; }`.',
    exit: 1,
  },
  'contract/ambiguous-world': {
    title: 'A service has several worlds',
    why: 'The WIT file declares more than one world and nothing says which one is built.',
    next: "Name one with `world` in the service's table of the manifest.",
    exit: 1,
  },
  'contract/unknown-world': {
    title: 'A world is not there',
    why: 'The world that the manifest names is not declared in the WIT file of the service.',
    next: 'Correct the name, or declare the world.',
    exit: 1,
  },
  'contract/wit-syntax': {
    title: 'A WIT file cannot be read',
    why: 'The text does not follow the grammar of WIT.',
    next: 'Correct the text at the caret; https://component-model.bytecodealliance.org/design/wit.html describes the syntax.',
    exit: 1,
  },
  'contract/wit-unresolved': {
    title: 'WIT does not fit together',
    why: 'The text is WIT, but a name in it leads nowhere, is declared twice, or stands for something that cannot be used there.',
    next: 'Correct the name at the caret or what it refers to.',
    exit: 1,
  },
  'contract/duplicate-name': {
    title: 'A name stands twice in one type',
    why: 'The fields of a record, the cases of a variant or enum, the labels of flags and the parameters of a function have different names.',
    next: 'Rename one of them.',
    exit: 1,
  },
  'contract/invalid-type': {
    title: 'A type has no members, or too many',
    why: 'Records, variants, enums and flags have at least one member; flags have at most 32 labels.',
    next: 'Add a member, or split the flags in two.',
    exit: 1,
  },
  'contract/needs-async': {
    title: 'A contract needs an asynchronous component',
    why: 'Streams, futures and `async func` need the asynchronous ABI. TypeScript services are built as synchronous components, which every host runs.',
    next: 'Use lists and plain functions; a service may still be written with `async` and `await`.',
    exit: 1,
  },
  'contract/wit-file': {
    title: 'A WIT file or folder cannot be opened',
    why: 'The file that declares the world, or a folder of contracts, does not exist or may not be read.',
    next: 'Check the path and its permissions.',
    exit: 1,
  },
} as const satisfies Record<string, CatalogueEntry>;
