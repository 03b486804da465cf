import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildComponent, bundle } from '../../../guest/test/build.ts';
import { instantiator } from '../../../guest/test/instantiate.ts';
import { encodeWorld } from '../../src/build/wit/encode.ts';
import type { ValueType } from '../../src/component/types.ts';
import { worldOf } from '../../src/contract/interface.ts';
import { jsonOf } from '../../src/contract/json.ts';
import { temporaryFolder } from '../orders/app.ts';
import { readWave } from './wave.ts';

/** The data of docs/wire-format.md, for whoever writes another implementation. */
interface Vectors {
  readonly declarations: readonly string[];
  /** Written and read alike. `wide`: no JavaScript number holds it. */
  readonly both: readonly { type: string; value: string; json: unknown; wide?: true }[];
  /** Read, but written otherwise. */
  readonly read: readonly { type: string; value: string; json: unknown }[];
  /** Refused; `text` where JSON says more than a parsed value. */
  readonly refused: readonly { type: string; json?: unknown; text?: string; reason: string }[];
}

const vectors = JSON.parse(
  readFileSync(new URL('../../../docs/wire-format/values.json', import.meta.url), 'utf8'),
) as Vectors;
const LARGE = ['list<u8>', 'list<string>', 'string', 'list<order>', 'parcel'];
const expressions = [
  ...new Set([...vectors.both, ...vectors.read, ...vectors.refused].map(({ type }) => type).concat(LARGE)),
];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let types: ReadonlyMap<string, ValueType>;
/** In a component of QuickJS. */
let run: (type: string, text: string) => string;

beforeAll(async () => {
  folder = await temporaryFolder('vectors');
  const wit = [
    'package tenon:vectors;',
    'interface values {',
    ...vectors.declarations,
    ...expressions.map((expression, at) => `type t${at} = ${expression};`),
    '}',
    'world vectors { import values; }',
  ];
  const worldFile = join(folder.path, 'vectors.wit');
  await writeFile(worldFile, wit.join('\n'));
  const { world } = await encodeWorld({ worldFile, witDirs: [] });
  const [contract] = worldOf(world).imports;
  types = new Map(expressions.map((expression, at) => [expression, contract!.types.get(`t${at}`)!]));

  const component = await buildComponent(
    await bundle('../../host/test/messaging/json-mapping.ts'),
    '  export run: func(name: string, argument: string) -> string;',
  );
  const { exports } = await (await instantiator(component))();
  run = exports['run'] as typeof run;
});
afterAll(() => folder?.[Symbol.asyncDispose]());

const typeOf = (expression: string): ValueType => types.get(expression)!;
const inComponent = (type: string, text: string): string => run(JSON.stringify(typeOf(type)), text);
const titled = <T extends { type: string; value: string }>(rows: readonly T[]): [string, T][] =>
  rows.map((row) => [`${row.type}: ${row.value}`, row]);

describe('values that are written and read alike', () => {
  test.each(titled(vectors.both))('%s', (_, { type, value, json, wide }) => {
    const { toJson, fromJson } = jsonOf(typeOf(type), { integers: 'bigint' });
    const given = readWave(value, typeOf(type));
    expect(toJson(given, 'value')).toEqual(json);
    expect(fromJson(json, 'value')).toEqual(given);
    expect(inComponent(type, JSON.stringify(json))).toBe(
      wide
        ? `refused: value: expected a ${type} that a JavaScript number can hold, found ${String(json)}n`
        : JSON.stringify(json),
    );
  });
});

describe('values that are read, and written otherwise', () => {
  test.each(titled(vectors.read))('%s', (_, { type, value, json }) => {
    const { toJson, fromJson } = jsonOf(typeOf(type), { integers: 'bigint' });
    const given = readWave(value, typeOf(type));
    expect(fromJson(json, 'value')).toEqual(given);
    expect(inComponent(type, JSON.stringify(json))).toBe(JSON.stringify(toJson(given, 'value')));
  });
});

describe('JSON that is refused', () => {
  const rows = vectors.refused.map(({ text, json, ...row }) => ({
    ...row,
    text: text ?? JSON.stringify(json),
  }));
  test.each(rows)('$type: $text', ({ type, text, reason }) => {
    const { fromJson } = jsonOf(typeOf(type));
    expect(() => fromJson(JSON.parse(text), 'value')).toThrow(expect.objectContaining({ message: reason }));
    expect(inComponent(type, text)).toBe(`refused: ${reason}`);
  });
});

describe('a megabyte survives a component', () => {
  const text = 'Käse 🧀 \u2028"\\'.repeat(60_000);
  const bytes = Buffer.from(Uint8Array.from({ length: 1_000_000 }, (_, at) => at % 251)).toString('base64');
  const orders = Array.from({ length: 16_000 }, (_, id) => ({
    id,
    details: `№ ${id} 🧀`,
    status: 'created',
  }));

  test.each([
    ['string', text],
    ['list<u8>', bytes],
    ['list<order>', orders],
    ['list<string>', Array.from({ length: 60_000 }, (_, at) => `entry ${at} ☃`)],
  ])('%s', (type, json) => {
    const written = JSON.stringify(json);
    expect(Buffer.byteLength(written)).toBeGreaterThan(900_000);
    expect(inComponent(type, written) === written).toBe(true);
  });
});
