import type { OriginalPlace, SourceMap } from './source-map.ts';

/**
 * A place in a bundle: `(/fulfilment.js:12:5)` in a stack trace of QuickJS, `submit@fulfilment.js:12:5` in one
 * of StarlingMonkey; `componentize-qjs:user.js` where QuickJS was given text without a name.
 */
const PLACE = /(?<![\w./-])(?:\/?([a-z][a-z0-9_-]*)|componentize-qjs:user)\.js:(\d+):(\d+)/g;

/** Where a service's frames come from; called with the service's name as the frame gives it, if it does. */
export type SourceMaps = (service: string | undefined) => SourceMap | undefined;

/** Replaces places in bundles by places in the TypeScript sources; text that no map knows stays as it is. */
export function mapStack(text: string, maps: SourceMaps): string {
  return text.replace(PLACE, (whole, service: string | undefined, line: string, column: string) => {
    const place = maps(service)?.original(Number(line), Number(column));
    return place ? `${place.file}:${place.line}:${place.column}` : whole;
  });
}

/** The first place of a trace that lies in a service's own source, not in what the bundle added to it. */
export function firstPlace(
  text: string,
  maps: SourceMaps,
  isOwn: (file: string) => boolean = () => true,
): OriginalPlace | undefined {
  for (const [, service, line, column] of text.matchAll(PLACE)) {
    const place = maps(service)?.original(Number(line), Number(column));
    if (place && isOwn(place.file)) return place;
  }
  return undefined;
}
