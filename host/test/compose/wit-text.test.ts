import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { componentEmbed } from '@bytecodealliance/jco-transpile/wasm-tools';
import { describe, expect, test } from 'vitest';
import { componentTypeOf } from '../../src/component/signature.ts';
import { witText } from '../../src/component/wit-text.ts';
import { decodeWorld } from '../../src/component/world.ts';
import { unwrap } from '../../src/diagnostics/error.ts';
import { compareTypes } from '../../src/link/diff.ts';
import { link } from '../../src/link/link.ts';
import { CASES, componentOf, readCase } from '../link/case.ts';

const FEATURES = readdirSync(CASES).filter((name) => !name.startsWith('no-'));
/** Functions of a world itself with types of an interface that it exports: no WIT says that. */
const NOT_IN_WIT = new Set(['aliases-provided', 'owner-exported', 'record-owner-exported']);

/** The text is read again by wit-parser, and the world that it describes can stand for the component and back. */
async function expectRoundTrip(bytes: Uint8Array): Promise<void> {
  const type = unwrap(componentTypeOf(bytes));
  const witSource = witText(type);
  const module = await componentEmbed({ witSource, dummy: true, world: 'root:component/root' });
  const { world } = unwrap(decodeWorld(module));
  for (const { differences } of [compareTypes(type, world), compareTypes(world, type)]) {
    // What a component mentions without a name gets one.
    expect(differences.filter(({ breaking }) => breaking)).toEqual([]);
  }
}

describe('a component’s type as WIT', () => {
  test.each(FEATURES.filter((name) => !NOT_IN_WIT.has(name)))(
    'reads back to the same world: %s',
    async (name) => {
      await expectRoundTrip(unwrap(link(await readCase(name))).bytes);
    },
  );

  test('of every component of those cases too', async () => {
    for (const name of FEATURES) {
      for (const { bytes } of (await readCase(name)).instances) await expectRoundTrip(bytes);
    }
  });

  test('with names that are keywords, long types and inline interfaces', async () => {
    const wit = readFileSync(join(import.meta.dirname, 'odd-names.wit'), 'utf8');
    const bytes = await componentOf(wit, 'odd:names/%interface');
    await expectRoundTrip(bytes);
    expect(witText(unwrap(componentTypeOf(bytes)))).toMatchInlineSnapshot(`
      "package root:component;

      world root {
        use odd:names/%record@1.2.3-rc.1.{%variant};
        type short = u8;
        import odd:names/%record@1.2.3-rc.1;
        import %own: interface {
          use odd:names/%record@1.2.3-rc.1.{%list as own-list};
          %import: func(of: own-list);
        }
        import %use: func(%variant: %variant) -> u8;

        export %type: func(a: %variant);
        export %with: interface {
          record mine {
            a: u8,
          }
          go: func() -> mine;
        }
      }

      package odd:names@1.2.3-rc.1 {
        interface %record {
          record %list {
            %type: u8,
            %func: option<tuple<u8, u16, u32, u64, s8, s16, s32, s64, f32, f64, bool, char, string, option<list<list<list<list<list<result<option<u8>, tuple<u8, u16, u32, u64, s8, s16, s32, s64, f32, f64, bool, char, string, u8, u16, u32, u64, s8, s16, s32, s64, f32, f64>>>>>>>>>>,
          }
          variant %variant {
            %use(%list),
            %enum,
          }
          resource %resource {
            constructor(%import: %list);
            %static: func(%own: borrow<%resource>) -> %variant;
            make: static func(%borrow: %flags) -> %resource;
          }
          flags %flags {
            %static,
            %export,
          }
          enum colour {
            %from,
            red,
          }
          %func: func(%string: colour) -> result<_, %resource>;
        }
      }
      "
    `);
  });
});
