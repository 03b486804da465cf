import type { CatalogueEntry } from '../entry.ts';

/** What the room `component` can report. */
export const COMPONENT = {
  'component/malformed': {
    title: 'The bytes are not a WebAssembly component',
    why: 'Reading the binary format came upon something that it does not allow: a file that is no component (a core module, a text), one that was cut off, or one written by a broken tool.',
    next: 'Build the component again; if it is a core module, turn it into a component first (wasm-tools component new).',
    exit: 1,
  },
  'component/unknown-opcode': {
    title: 'The component uses a part of the format that Tenon does not know',
    why: 'The binary format of components still grows; a newer toolchain has written an opcode that this version does not know.',
    next: 'Update Tenon, or build the component with an older release of its toolchain.',
    exit: 1,
  },
  'component/invalid': {
    title: 'The component refers to something that it does not have',
    why: 'An index or a name in the component leads nowhere, or to a thing of another sort.',
    next: 'Check the component with wasm-tools validate and build it again.',
    exit: 1,
  },
  'component/limit': {
    title: 'The component is larger or deeper than Tenon accepts',
    why: 'Nesting, the size of types and the number of definitions are bounded, so that no input can hang the tool.',
    next: 'Check where the component comes from: no toolchain writes such a thing on purpose.',
    exit: 1,
  },
  'component/no-world': {
    title: 'A module carries no encoded world',
    why: 'The custom section component-type, which says what a world imports and exports, is missing or holds something else.',
    next: 'Encode the WIT again; the module must come from the encoder as it is.',
    exit: 70,
  },
} as const satisfies Record<string, CatalogueEntry>;
