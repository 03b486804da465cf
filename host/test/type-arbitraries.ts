import * as fc from 'fast-check';
import type { PrimitiveName, ValueType } from '../src/component/types.ts';
import { camelCase } from '../src/contract/names.ts';

/** For property tests: WIT types without resources, and values that belong to them. */

/** One value of a type: as a service may pass it, and as it arrives. */
export interface Sample {
  readonly given: unknown;
  readonly arrives: unknown;
}

const NAMES = ['id', 'a-name', 'type', 'x-2', 'details', 'to-string', 'val', 'tag'];

export function primitive(name: PrimitiveName): ValueType {
  return { kind: 'primitive', name };
}

const PRIMITIVES: readonly PrimitiveName[] = [
  ...([
    'bool',
    's8',
    'u8',
    's16',
    'u16',
    's32',
    'u32',
    's64',
    'u64',
    'f32',
    'f64',
    'char',
    'string',
  ] as const),
];

const names = (min: number): fc.Arbitrary<string[]> =>
  fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: min, maxLength: NAMES.length });

/** Any type that has values, nested three deep. */
export const anyType: fc.Arbitrary<ValueType> = fc.letrec<{ type: ValueType }>((tie) => {
  const type = tie('type');
  const maybe = fc.option(type, { nil: undefined });
  return {
    type: fc.oneof(
      { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(...PRIMITIVES).map(primitive),
      fc.constantFrom('u8' as const, 's8' as const).map((name): ValueType => ({
        kind: 'list',
        element: primitive(name),
      })),
      names(1).map((names): ValueType => ({ kind: 'enum', names })),
      names(1).map((names): ValueType => ({ kind: 'flags', names })),
      names(1)
        .chain((names) =>
          fc.tuple(fc.constant(names), fc.array(type, { minLength: names.length, maxLength: names.length })),
        )
        .map(([names, types]): ValueType => ({
          kind: 'record',
          fields: names.map((name, at) => ({ name, type: types[at] as ValueType })),
        })),
      names(1)
        .chain((names) =>
          fc.tuple(fc.constant(names), fc.array(maybe, { minLength: names.length, maxLength: names.length })),
        )
        .map(([names, types]): ValueType => ({
          kind: 'variant',
          cases: names.map((name, at) => ({ name, ...(types[at] && { type: types[at] }) })),
        })),
      type.map((element): ValueType => ({ kind: 'list', element })),
      fc
        .array(type, { minLength: 1, maxLength: 4 })
        .map((elements): ValueType => ({ kind: 'tuple', elements })),
      type.map((value): ValueType => ({ kind: 'option', value })),
      fc
        .tuple(maybe, maybe)
        .map(([ok, err]): ValueType => ({ kind: 'result', ...(ok && { ok }), ...(err && { err }) })),
      fc
        .tuple(type, fc.integer({ min: 1, max: 4 }))
        .map(([element, length]): ValueType => ({ kind: 'fixed-list', element, length })),
    ),
  };
}).type;

/** A type with one of its values. */
export const typeAndSample: fc.Arbitrary<{ type: ValueType; sample: Sample }> = anyType.chain((type) =>
  sampleOf(type).map((sample) => ({ type, sample })),
);

export function sampleOf(type: ValueType): fc.Arbitrary<Sample> {
  switch (type.kind) {
    case 'primitive':
      return same(primitiveValue(type.name));
    case 'enum':
      return same(fc.constantFrom(...type.names));
    case 'flags':
      return fc
        .array(fc.constantFrom(true, false, undefined), {
          minLength: type.names.length,
          maxLength: type.names.length,
        })
        .map((bits) => ({
          given: Object.fromEntries(type.names.map((name, at) => [camelCase(name), bits[at]])),
          arrives: Object.fromEntries(type.names.map((name, at) => [camelCase(name), bits[at] === true])),
        }));
    case 'record':
      return fc.tuple(...type.fields.map((field) => sampleOf(field.type))).map((samples) => ({
        given: {
          ...Object.fromEntries(type.fields.map((field, at) => [camelCase(field.name), samples[at]?.given])),
          unknownMember: 1,
        },
        arrives: Object.fromEntries(
          type.fields.map((field, at) => [camelCase(field.name), samples[at]?.arrives]),
        ),
      }));
    case 'variant':
      return fc.oneof(...type.cases.map((one) => tagged(one.name, one.type)));
    case 'result':
      return fc.oneof(tagged('ok', type.ok), tagged('err', type.err));
    case 'option':
      if (type.value.kind === 'option')
        return fc.oneof(tagged('none', undefined), tagged('some', type.value));
      return fc.oneof(
        sampleOf(type.value),
        fc.constantFrom(null, undefined).map((given) => ({ given, arrives: null })),
      );
    case 'list':
      return items(sampleOf(type.element), type.element, 0, 6);
    case 'fixed-list':
      return items(sampleOf(type.element), type.element, type.length, type.length);
    case 'tuple':
      return fc.tuple(...type.elements.map(sampleOf)).map((samples) => ({
        given: samples.map(({ given }) => given),
        arrives: samples.map(({ arrives }) => arrives),
      }));
    default:
      throw new Error(`no samples of ${type.kind}`);
  }
}

function items(
  item: fc.Arbitrary<Sample>,
  element: ValueType,
  minLength: number,
  maxLength: number,
): fc.Arbitrary<Sample> {
  if (element.kind === 'primitive' && (element.name === 'u8' || element.name === 's8')) {
    const bytes: fc.Arbitrary<Uint8Array | Int8Array> =
      element.name === 'u8'
        ? fc.uint8Array({ minLength, maxLength })
        : fc.int8Array({ minLength, maxLength });
    return fc.oneof(
      bytes.map((given) => ({ given, arrives: given.slice() })),
      bytes.map((given) => ({ given: [...given], arrives: given.slice() })),
    );
  }
  return fc.array(item, { minLength, maxLength }).map((samples) => ({
    given: samples.map(({ given }) => given),
    arrives: samples.map(({ arrives }) => arrives),
  }));
}

function tagged(tag: string, type: ValueType | undefined): fc.Arbitrary<Sample> {
  if (!type) return fc.constant({ given: { tag, val: 'dropped' }, arrives: { tag } });
  return sampleOf(type).map(({ given, arrives }) => ({
    given: { tag, val: given },
    arrives: { tag, val: arrives },
  }));
}

function same(values: fc.Arbitrary<unknown>): fc.Arbitrary<Sample> {
  return values.map((value) => ({ given: value, arrives: value }));
}

function primitiveValue(name: PrimitiveName): fc.Arbitrary<unknown> {
  switch (name) {
    case 'bool':
      return fc.boolean();
    case 's8':
      return fc.integer({ min: -128, max: 127 });
    case 'u8':
      return fc.nat({ max: 255 });
    case 's16':
      return fc.integer({ min: -32_768, max: 32_767 });
    case 'u16':
      return fc.nat({ max: 65_535 });
    case 's32':
      return fc.integer();
    case 'u32':
      return fc.integer({ min: 0, max: 4_294_967_295 });
    case 's64':
      return fc.maxSafeInteger();
    case 'u64':
      return fc.maxSafeNat();
    case 'f32':
      return fc.float();
    case 'f64':
      return fc.double();
    case 'char':
      return fc.string({ unit: 'binary', minLength: 1, maxLength: 1 });
    case 'string':
      return fc.string({ unit: 'binary' });
    case 'error-context':
      throw new Error('no samples of error-context');
  }
}

/** A place in a value: its path as messages write it, the keys that lead there, and the type that it has. */
export interface Spot {
  readonly path: string;
  readonly keys: readonly (string | number)[];
  readonly type: ValueType;
}

/** Every place in a value that has a type of its own, the value itself first. */
export function spotsIn(type: ValueType, value: unknown, path: string, keys: Spot['keys'] = []): Spot[] {
  const below = (step: string, key: string | number, part: ValueType): Spot[] =>
    spotsIn(part, (value as Record<string | number, unknown>)[key], path + step, [...keys, key]);
  const here: Spot = { path, keys, type };
  switch (type.kind) {
    case 'record':
      return [
        here,
        ...type.fields.flatMap(({ name, type }) => below(`.${camelCase(name)}`, camelCase(name), type)),
      ];
    case 'variant':
    case 'result': {
      const tag = (value as { tag: string }).tag;
      const part =
        type.kind === 'variant'
          ? type.cases.find((one) => one.name === tag)?.type
          : tag === 'ok'
            ? type.ok
            : type.err;
      return [here, ...(part ? below('.val', 'val', part) : [])];
    }
    case 'option': {
      if (type.value.kind === 'option') {
        return [here, ...((value as { tag: string }).tag === 'some' ? below('.val', 'val', type.value) : [])];
      }
      return value === null || value === undefined ? [here] : spotsIn(type.value, value, path, keys);
    }
    case 'list':
    case 'fixed-list':
      return [
        here,
        ...(Array.isArray(value) ? value.flatMap((_, at) => below(`[${at}]`, at, type.element)) : []),
      ];
    case 'tuple':
      return [here, ...type.elements.flatMap((element, at) => below(`[${at}]`, at, element))];
    default:
      return [here];
  }
}

/** The value with another in one place; what lies on the way is copied. */
export function replaced(value: unknown, keys: Spot['keys'], other: unknown): unknown {
  const [key, ...rest] = keys;
  if (key === undefined) return other;
  const copy: Record<string | number, unknown> | unknown[] = Array.isArray(value)
    ? [...value]
    : { ...(value as Record<string, unknown>) };
  (copy as Record<string | number, unknown>)[key] = replaced(
    (copy as Record<string | number, unknown>)[key],
    rest,
    other,
  );
  return copy;
}
