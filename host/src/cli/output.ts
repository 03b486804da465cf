import { readFileSync } from 'node:fs';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { diagnosticToJson } from '../diagnostics/json.ts';
import { renderDiagnostics } from '../diagnostics/render.ts';

/** What the global options say. */
export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly color: 'auto' | 'always' | 'never';
}

/** Where text goes; standard output and error, or what a test puts in their place. */
export interface Streams {
  readonly stdout: {
    write(text: string | Uint8Array): unknown;
    readonly isTTY?: boolean;
    readonly columns?: number;
  };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Everything a command says goes through here, so that --json, --quiet and --color hold for all of it. */
export interface Output {
  readonly options: OutputOptions;
  readonly streams: Streams;
  /** The command's result: text for people on standard output, or one JSON line. */
  result(text: string, json: Readonly<Record<string, unknown>>): void;
  /** What happens on the way: on standard error, not with --quiet; with --json one JSON line. */
  event(text: string | undefined, json: Readonly<Record<string, unknown>>): void;
  /** Problems, always shown; warnings and notes not with --quiet. */
  diagnostics(diagnostics: readonly Diagnostic[]): void;
  readonly paint: Paint;
}

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan';
export type Paint = (style: Style, text: string) => string;

const CODES: Readonly<Record<Style, string>> = {
  bold: '1',
  dim: '2',
  red: '31',
  green: '32',
  yellow: '33',
  cyan: '36',
};

export function createOutput(options: OutputOptions, streams: Streams): Output {
  const colored = (tty: boolean | undefined): boolean => usesColor(options.color, tty === true, streams.env);
  const paint: Paint = (style, text) =>
    colored(streams.stderr.isTTY) && colored(streams.stdout.isTTY)
      ? `\x1b[${CODES[style]}m${text}\x1b[0m`
      : text;
  const jsonLine = (json: Readonly<Record<string, unknown>>): void => {
    streams.stdout.write(`${JSON.stringify(json)}\n`);
  };
  return {
    options,
    streams,
    paint,
    result(text, json) {
      if (options.json) jsonLine(json);
      else if (text !== '') streams.stdout.write(text);
    },
    event(text, json) {
      if (options.json) jsonLine(json);
      else if (text !== undefined && !options.quiet) streams.stderr.write(`${text}\n`);
    },
    diagnostics(diagnostics) {
      const shown = options.quiet ? diagnostics.filter(({ severity }) => severity === 'error') : diagnostics;
      if (options.json) {
        for (const diagnostic of shown) jsonLine({ event: 'diagnostic', ...diagnosticToJson(diagnostic) });
      } else if (shown.length > 0) {
        const rendered = renderDiagnostics(shown, {
          source,
          color: colored(streams.stderr.isTTY),
          cwd: process.cwd(),
        });
        streams.stderr.write(rendered);
      }
    },
  };
}

/** `auto` follows NO_COLOR and FORCE_COLOR (no-color.org), then whether a person reads along. */
function usesColor(color: OutputOptions['color'], tty: boolean, env: Streams['env']): boolean {
  if (color !== 'auto') return color === 'always';
  if (env['NO_COLOR']) return false;
  return env['FORCE_COLOR'] ? env['FORCE_COLOR'] !== '0' : tty;
}

function source(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
