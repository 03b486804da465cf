import { readFileSync } from 'node:fs';
import { readSourceMap, type SourceMap } from '../build/source-map.ts';
import { mapStack } from '../build/stack.ts';

/** What of a log line may hold places in bundles. */
interface Traced {
  readonly level: string;
  readonly message: string;
  readonly stack?: string;
}

/** A frame of a stack trace, with its place. */
const FRAME = /^\s*at .*\((?<place>[^()]+)\)$/;
/** Places after mapping that are of no service's source: the guest's, the engine's, helpers of the bundler. */
const NOT_OWN = /^(?:guest\/|native$|\/?(?:[a-z][a-z0-9_-]*|componentize-qjs:user)\.js:\d)/;

/**
 * A log whose lines name places in the TypeScript sources instead of in the bundles. Frames of the guest library
 * and of lowered `async` functions, which no one asked for, become lines of the level `debug`. A service's map
 * is read when its first trace comes.
 */
export function mapStacks<Entry extends Traced>(
  sourceMaps: Readonly<Record<string, string>>,
  log: (entry: Entry | (Entry & { level: 'debug' })) => void,
): (entry: Entry) => void {
  const known = new Map<string, SourceMap | undefined>();
  const mapOf = (service: string | undefined): SourceMap | undefined => {
    if (service === undefined) return undefined;
    if (!known.has(service)) known.set(service, load(sourceMaps[service]));
    return known.get(service);
  };
  return (entry) => {
    if (!/\.js:|\(native\)/.test(entry.message) && !entry.stack?.includes('.js:')) return log(entry);
    const { stack } = entry;
    const mapped = { ...entry, ...(stack !== undefined && { stack: mapStack(stack, mapOf) }) };
    for (const { text, own } of runs(mapStack(entry.message, mapOf))) {
      log(own ? { ...mapped, message: text } : { ...mapped, message: text, level: 'debug' });
    }
  };
}

/** A text in parts: lines that are frames of others than services, and what stands between them. */
function runs(text: string): { text: string; own: boolean }[] {
  const parts: { text: string; own: boolean }[] = [];
  for (const line of text.split('\n')) {
    const own = !NOT_OWN.test(FRAME.exec(line)?.groups?.['place'] ?? '');
    const last = parts.at(-1);
    if (last?.own === own) last.text += `\n${line}`;
    else parts.push({ text: line, own });
  }
  return parts;
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
