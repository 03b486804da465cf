import { expect, test } from 'vitest';
import { worldPlaces } from './world-places.ts';

const text = `package app:a@0.1.0;

interface local {
  import: func();
}

world other {
  import shop:stock/stock@0.1.0;
}

world a {
  include other;
  use local.{thing};
  import shop:stock/stock@0.2.0;  /// not this one
  import local;
  export fermyon:spin/inbound-http;
  export %handle: func(import: string) -> u32;
  export mine: interface {
    export: func();
  }
  import last: async func();
}
`;
const places = worldPlaces({ file: 'world.wit', text }, 'app:a/a@0.1.0');

test.each([
  ['shop:stock/stock@0.2.0', 'shop:stock/stock@0.2.0'],
  ['app:a/local@0.1.0', 'local'],
  ['fermyon:spin/inbound-http', 'fermyon:spin/inbound-http'],
  ['handle', '%handle'],
  ['mine', 'mine'],
  ['last', 'last'],
])('finds %s', (name, written) => {
  const { line, column, length } = places(name)!;
  expect(text.split('\n')[line - 1]!.slice(column - 1, column - 1 + length!)).toBe(written);
});

test.each(['shop:stock/stock@0.1.0', 'app:a/other@0.1.0', 'string', 'export'])('does not find %s', (name) => {
  expect(places(name)).toBeUndefined();
});
