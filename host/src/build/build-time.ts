/** What clocks say while a service is built, ms since 1970; `SOURCE_DATE_EPOCH` sets it, in seconds. */
export function buildTime(environment: Readonly<Record<string, string | undefined>>): number {
  const seconds = Number(environment['SOURCE_DATE_EPOCH'] ?? 0);
  return Number.isSafeInteger(seconds * 1000) && seconds > 0 ? seconds * 1000 : 0;
}
