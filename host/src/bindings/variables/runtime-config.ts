import { resolve } from 'node:path';
import { z } from 'zod';
import { readRuntimeConfig, refuseRuntimeConfig, typeFound } from '../runtime-config.ts';
import { environmentProvider, type EnvironmentOptions, type VariableProvider } from './provider.ts';

/** The providers that need no service beside the application; `vault` and `azure_key_vault` are Spin's alone. */
const PROVIDER = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('static'), values: z.record(z.string(), z.string()) }),
  z.strictObject({
    type: z.literal('env'),
    prefix: z.string().optional(),
    dotenv_path: z.string().optional(),
  }),
]);

/**
 * The `[[variables_provider]]` tables of a runtime-config.toml, in order; other tables are left alone.
 * Source: Spin, crates/runtime-config/src/variables.rs.
 *
 * @throws TenonError `bindings/runtime-config`
 */
export function providersOf(
  path: string,
  { environment, directory }: Pick<EnvironmentOptions, 'environment'> & { readonly directory: string },
): VariableProvider[] {
  const table = readRuntimeConfig(resolve(directory, path), path);
  const listed = table['variables_provider'] ?? table['config_provider'] ?? [];
  if (!Array.isArray(listed))
    throw refuseRuntimeConfig(path, 'variables_provider', 'an array of tables', typeof listed);
  return listed.map((entry: unknown, index): VariableProvider => {
    const parsed = PROVIDER.safeParse(entry);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      // The issue's place and kind, never the value it found.
      const place = ['variables_provider', index, ...(issue?.path ?? [])].join('.');
      throw refuseRuntimeConfig(
        path,
        place,
        'a provider of type `static` (values) or `env` (prefix, dotenv_path)',
        typeFound('a provider', entry),
      );
    }
    const provider = parsed.data;
    if (provider.type === 'static')
      return (name) => (Object.hasOwn(provider.values, name) ? provider.values[name] : undefined);
    return environmentProvider({
      prefix: provider.prefix ?? 'SPIN_VARIABLE',
      environment,
      dotenv: provider.dotenv_path === undefined ? undefined : resolve(directory, provider.dotenv_path),
    });
  });
}
