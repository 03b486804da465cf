import { z } from 'zod';
import { AppSchema, metaOf, type KeyMeta } from './schema.ts';
import type { KeyPath } from './spans.ts';

/** The schema of the value at a path, without its wrappers (optional, default); undefined where no key is known. */
export function schemaAt(path: KeyPath): z.core.$ZodType | undefined {
  let schema: z.core.$ZodType | undefined = AppSchema;
  for (const segment of path) schema = schema && childOf(unwrap(schema), segment);
  return schema && unwrap(schema);
}

/** The notes of the key at a path. */
export function metaAt(path: KeyPath): KeyMeta | undefined {
  const last = path.at(-1);
  if (last === undefined) return metaOf(AppSchema);
  const parent = schemaAt(path.slice(0, -1));
  const schema = parent && childOf(parent, last);
  return schema && notedOf(schema);
}

/** The keys that a table may have; undefined where the user chooses them or where it is no table. */
export function keysAt(path: KeyPath): readonly string[] | undefined {
  const schema = schemaAt(path);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : undefined;
}

/** The notes of a schema, or of the nearest one that it wraps. */
export function notedOf(schema: z.core.$ZodType): KeyMeta | undefined {
  for (let at: z.core.$ZodType | undefined = schema; at; at = innerOf(at)) {
    const meta = metaOf(at);
    if (meta) return meta;
  }
  return undefined;
}

export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  let at = schema;
  for (let inner = innerOf(at); inner; inner = innerOf(at)) at = inner;
  return at;
}

function innerOf(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return schema.unwrap();
  }
  return schema instanceof z.ZodPipe ? schema.in : undefined;
}

function childOf(schema: z.core.$ZodType, segment: string | number): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) {
    return Object.hasOwn(schema.shape, segment) ? schema.shape[segment] : undefined;
  }
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return schema instanceof z.ZodArray ? schema.element : undefined;
}
