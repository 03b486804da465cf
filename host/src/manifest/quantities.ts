/** Milliseconds of a duration such as `5 s`, `200ms`, `1.5 min`; undefined if it is none. */
export function parseDuration(text: string): number | undefined {
  return quantity(text, { ms: 1, s: 1000, min: 60_000, m: 60_000, h: 3_600_000 });
}

/** Bytes of a size such as `128 MiB`, `10MB`, `512 KiB`, `100 B`; undefined if it is none. */
export function parseSize(text: string): number | undefined {
  return quantity(text, {
    B: 1,
    kB: 1000,
    KB: 1000,
    MB: 1e6,
    GB: 1e9,
    KiB: 1024,
    MiB: 1024 ** 2,
    GiB: 1024 ** 3,
  });
}

/** A positive number with a unit, as a whole number of the smallest unit. */
function quantity(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*$/.exec(text);
  const [, amount = '', unit = ''] = match ?? [];
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (factor === undefined) return undefined;
  const value = Math.round(Number(amount) * factor);
  return value > 0 && Number.isSafeInteger(value) ? value : undefined;
}
