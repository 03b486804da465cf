import type { CatalogueEntry } from '../entry.ts';

/** What the room `link` can report. */
export const LINK = {
  'link/duplicate-instance': {
    title: 'Two services of a unit have one name',
    why: 'Edges name their services, so a name can stand for one only.',
    next: 'Rename one of them.',
    exit: 1,
  },
  'link/unknown-instance': {
    title: 'An edge or the root names a service that is not there',
    why: 'Every service that an edge joins, and the root, must be among the components to be linked.',
    next: 'Add the component, or correct the name.',
    exit: 1,
  },
  'link/unused-edge': {
    title: 'An edge binds an import that the importer does not have',
    why: 'A toolchain leaves out imports that the code never uses, and a component may have been built from another version of its world; the edge has nothing to bind and is left out.',
    next: 'Remove the import from the world if it is not used; else build the importer again.',
    exit: 1,
    severity: 'warning',
  },
  'link/unknown-import': {
    title: 'An edge of a plan binds an import that the importer does not have',
    why: 'Edges are given by the importer’s own name of the import, with its version.',
    next: 'Take one of the importer’s imports; `tenon inspect` shows them.',
    exit: 1,
  },
  'link/open-import': {
    title: 'An import stays open that the plan does not list',
    why: 'The plan says what the result may import; this is not among it, and no component provides it.',
    next: 'Add a component that exports it, or list it under `imports`.',
    exit: 1,
  },
  'link/missing-export': {
    title: 'A provider does not export what an edge expects of it',
    why: 'The component was built from another version of its world than the one the edge was planned with, or the edge names the wrong service.',
    next: 'Let the provider export the contract; its exports are listed beside this.',
    exit: 1,
  },
  'link/duplicate-export': {
    title: 'Two exports of the result have one name',
    why: 'A component exports a name once; two of the instances that it is to show have an export of that name.',
    next: 'Export one of them only, or give one another name in the plan: `[exports]`, `"name" = { instance = "…", export = "…" }`.',
    exit: 1,
  },
  'link/duplicate-edge': {
    title: 'Two edges bind one import',
    why: 'An import takes exactly one provider.',
    next: 'Remove one of the edges.',
    exit: 1,
  },
  'link/cycle': {
    title: 'Services need one another in a circle',
    why: 'Components are instantiated one after the other, each after those that it imports; a circle has no first.',
    next: 'Let one edge of the circle go over a broker, or move what both need into a service of its own.',
    exit: 1,
  },
  'link/unreached': {
    title: 'Nothing reaches a service of the unit',
    why: 'A service that the root does not import, directly or through others, would be dead weight.',
    next: 'Import one of its contracts, or leave it out.',
    exit: 1,
  },
  'link/mismatch': {
    title: 'An importer and its provider disagree about a contract',
    why: 'The types of an import and of the export that is to satisfy it must be structurally equal; the path says where they are not.',
    next: 'Build both from the same version of the contract.',
    exit: 1,
  },
  'link/import-conflict': {
    title: 'Two services import one interface with different types',
    why: 'What stays imported is imported once for the whole unit, so the services must agree about its types (also across versions of one semver track).',
    next: 'Build both against the same version of the interface.',
    exit: 1,
  },
  'link/resource-closure': {
    title: 'An open import uses a resource of an interface that is provided inside',
    why: 'Whoever provides the open import from outside cannot know a resource that is made inside the unit.',
    next: 'Provide both interfaces inside, or leave both open.',
    exit: 1,
  },
  'link/unnamed-type': {
    title: 'An export mentions a type that cannot be exported',
    why: 'A type that an export mentions must be imported or exported under a name; the interface that names it comes from a provider inside, and the root exports another thing under the same name.',
    next: 'Let the root export the interface of its provider, or use types of its own.',
    exit: 1,
  },
  'link/unsupported-import': {
    title: 'A service imports a thing that cannot be passed on',
    why: 'Instances, functions and types can stay imported by a unit; components, core modules, values and instances within instances cannot.',
    next: 'Wrap it in an interface.',
    exit: 1,
  },
  'link/no-components': {
    title: 'There is nothing to compose',
    why: 'Composing takes at least one component, the root.',
    next: 'Give the root first, then the components that provide what it imports.',
    exit: 2,
  },
  'link/plan': {
    title: 'A plan of a composition is not as it must be',
    why: 'A plan names instances and the files of their components, and where it must, their edges, the imports that stay and the exports.',
    next: 'See “A plan” in docs/composing.md.',
    exit: 1,
  },
  'link/core-module': {
    title: 'An input is a core module, not a component',
    why: 'A core module says nothing about the types of what it imports and exports, so it cannot be composed by contract.',
    next: 'Turn it into a component: `wasm-tools component new module.wasm -o component.wasm`; add `--adapt wasi_snapshot_preview1.reactor.wasm` if it uses WASI preview 1.',
    exit: 1,
  },
  'link/ambiguous-provider': {
    title: 'Several components provide one import',
    why: 'Providers are found by the name of the contract; where more than one component exports it, the names do not say which is meant.',
    next: 'Leave out all but one of them.',
    exit: 1,
  },
  'link/near-miss': {
    title: 'An import stays open although something comes near it',
    why: 'Nobody provides the import, but a component exports the same interface in another version, under a name that is nearly the same, or the same functions under another name.',
    next: 'Let both use one name and one version, if they mean the same.',
    exit: 1,
    severity: 'warning',
  },
  'link/breaking-change': {
    title: 'A component cannot replace another',
    why: 'Whoever imports from the old one, or provides to it, would not fit the new one: an export is gone or changed, or an import is new or changed.',
    next: 'Keep what others rely on, or give the interface a new version.',
    exit: 1,
  },
} as const satisfies Record<string, CatalogueEntry>;
