import { parseArgs } from 'node:util';

/**
 * Whole numbers above zero, or lists of them with commas, that a benchmark of one kind takes as `--name value`; those of
 * `defaults` where they are not given. Ends the process after `--help`, with exit code 2 and what is wrong after anything
 * else that it does not know.
 */
export function optionsOf<Name extends string>(
  help: string,
  defaults: Readonly<Record<Name, readonly number[]>>,
): Readonly<Record<Name, readonly number[]>> {
  const names = Object.keys(defaults) as Name[];
  try {
    const { values } = parseArgs({
      options: {
        help: { type: 'boolean', short: 'h' },
        ...Object.fromEntries(names.map((name) => [name, { type: 'string' } as const])),
      },
    }) as { values: Partial<Record<Name, string>> & { help?: boolean } };
    if (values.help) {
      process.stdout.write(help);
      process.exit(0);
    }
    const given = names.map((name) => [name, numbers(name, values[name]) ?? defaults[name]] as const);
    return Object.fromEntries(given) as Record<Name, readonly number[]>;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${help}`);
    process.exit(2);
  }
}

function numbers(name: string, text: string | undefined): readonly number[] | undefined {
  const found = text?.split(',').map(Number);
  if (found?.every((one) => Number.isInteger(one) && one > 0) === false)
    throw new Error(`--${name} takes whole numbers above zero: found ${text}`);
  return found;
}
