const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const DIGIT = new Map([...BASE64].map((character, value) => [character, value]));

/** One segment of a source map: where a generated column comes from; all numbers count from 0. */
interface Segment {
  readonly column: number;
  readonly source: number;
  readonly line: number;
  readonly sourceColumn: number;
}

/** Where a place of the generated text comes from; line and column count from 1. */
export interface OriginalPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface SourceMap {
  /** The place that line and column of the generated text (from 1) come from, if the map knows. */
  original(line: number, column: number): OriginalPlace | undefined;
  readonly sources: readonly string[];
}

/** Reads a version 3 source map (ECMA-426). Throws where the text is no source map. */
export function readSourceMap(json: string): SourceMap {
  const { version, sources, mappings } = JSON.parse(json) as {
    version: number;
    sources: string[];
    mappings: string;
  };
  if (version !== 3 || !Array.isArray(sources) || typeof mappings !== 'string') {
    throw new TypeError('not a version 3 source map');
  }
  const lines = decodeMappings(mappings);
  return {
    sources,
    original(line, column) {
      const segments = lines[line - 1];
      const segment = segments && lastAtOrBefore(segments, column - 1);
      const file = segment && sources[segment.source];
      return file === undefined
        ? undefined
        : { file, line: segment!.line + 1, column: segment!.sourceColumn + 1 };
    },
  };
}

/** `mappings` holds lines separated by `;`, segments by `,`, each of 1, 4 or 5 relative VLQ numbers. */
function decodeMappings(mappings: string): readonly (readonly Segment[])[] {
  let source = 0;
  let line = 0;
  let sourceColumn = 0;
  return mappings.split(';').map((text) => {
    let column = 0;
    const segments: Segment[] = [];
    for (const field of text.split(',')) {
      if (field === '') continue;
      const numbers = decodeVlq(field);
      column += numbers[0] ?? 0;
      // A segment of one number only says that this text comes from nowhere.
      if (numbers.length < 4) continue;
      source += numbers[1]!;
      line += numbers[2]!;
      sourceColumn += numbers[3]!;
      segments.push({ column, source, line, sourceColumn });
    }
    return segments;
  });
}

function decodeVlq(field: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const character of field) {
    const digit = DIGIT.get(character);
    if (digit === undefined) throw new TypeError(`"${character}" is no base64 digit`);
    value += (digit & 31) << shift;
    if (digit & 32) {
      shift += 5;
    } else {
      numbers.push(value & 1 ? -(value >> 1) : value >> 1);
      value = 0;
      shift = 0;
    }
  }
  return numbers;
}

function lastAtOrBefore(segments: readonly Segment[], column: number): Segment | undefined {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (segments[middle]!.column <= column) low = middle + 1;
    else high = middle;
  }
  return segments[low - 1];
}
