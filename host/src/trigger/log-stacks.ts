import { readFileSync } from 'node:fs';
import { readSourceMap, type SourceMap } from '../build/source-map.ts';
import { mapStack } from '../build/stack.ts';

/** What of a log line may hold places in bundles. */
interface Traced {
  readonly message: string;
  readonly stack?: string;
}

/**
 * A log whose lines name places in the TypeScript sources instead of in the bundles. A service's map is read
 * when its first trace comes.
 */
export function mapStacks<Entry extends Traced>(
  sourceMaps: Readonly<Record<string, string>>,
  log: (entry: Entry) => void,
): (entry: Entry) => void {
  const known = new Map<string, SourceMap | undefined>();
  const mapOf = (service: string | undefined): SourceMap | undefined => {
    if (service === undefined) return undefined;
    if (!known.has(service)) known.set(service, load(sourceMaps[service]));
    return known.get(service);
  };
  return (entry) => {
    if (!entry.message.includes('.js:') && !entry.stack?.includes('.js:')) return log(entry);
    log({
      ...entry,
      message: mapStack(entry.message, mapOf),
      ...(entry.stack !== undefined && { stack: mapStack(entry.stack, mapOf) }),
    });
  };
}

function load(file: string | undefined): SourceMap | undefined {
  if (file === undefined) return undefined;
  try {
    return readSourceMap(readFileSync(file, 'utf8'));
  } catch {
    // Built anew or cleaned away meanwhile: the trace stays as it is.
    return undefined;
  }
}
