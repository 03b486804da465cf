import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { readRuntimeConfig, refuseRuntimeConfig, typeFound } from '../runtime-config.ts';

/** The stores that need no cloud: `azure_cosmos` and `aws_dynamo` are Spin's alone. */
const STORE = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('spin'), path: z.string().min(1) }),
  z.strictObject({ type: z.literal('redis'), url: z.string().min(1) }),
]);

/** Where a label lies, by whoever runs the app; how it is written is for the manifest to say. */
export type StorePlace =
  | { readonly type: 'sqlite'; readonly path: string }
  | { readonly type: 'redis'; readonly url: string };

/**
 * The `[key_value_store.<label>]` tables of a runtime-config.toml by label; paths are relative to its folder.
 * Source: Spin, crates/runtime-config/src/lib.rs, crates/key-value-spin/src/lib.rs, crates/key-value-redis/src/lib.rs.
 *
 * @throws TenonError `bindings/runtime-config`
 */
export function storePlacesOf(path: string, directory: string): Readonly<Record<string, StorePlace>> {
  const file = resolve(directory, path);
  const tables = readRuntimeConfig(file, path)['key_value_store'] ?? {};
  if (typeof tables !== 'object' || Array.isArray(tables))
    throw refuseRuntimeConfig(path, 'key_value_store', 'tables by label', typeof tables);
  return Object.fromEntries(
    Object.entries(tables).map(([label, table]: [string, unknown]): [string, StorePlace] => {
      const parsed = STORE.safeParse(table);
      if (!parsed.success) {
        throw refuseRuntimeConfig(
          path,
          ['key_value_store', label, ...(parsed.error.issues[0]?.path ?? [])].join('.'),
          'a store of type `spin` (path) or `redis` (url)',
          typeFound('a store', table),
        );
      }
      const store = parsed.data;
      return [
        label,
        store.type === 'redis'
          ? { type: 'redis', url: store.url }
          : { type: 'sqlite', path: resolve(dirname(file), store.path) },
      ];
    }),
  );
}
