import type { AppLog } from '../trigger/app.ts';
import type { Output, Style } from './output.ts';

const STYLES: Readonly<Record<AppLog['level'], Style>> = {
  debug: 'dim',
  info: 'cyan',
  warn: 'yellow',
  error: 'red',
};

/**
 * Shows an app's log: what services print goes to the stream they print to, behind the unit's name; the
 * host's own lines go to standard error with their level. Traces of traps are for --verbose and --json.
 */
export function showLog(output: Output): (entry: AppLog) => void {
  const { options, streams, paint } = output;
  return (entry) => {
    const { level, unit, stream, message, stack } = entry;
    if (level === 'debug' && !options.verbose) return;
    if (options.json) {
      streams.stdout.write(`${JSON.stringify({ event: 'log', time: new Date().toISOString(), ...entry })}\n`);
      return;
    }
    const time = paint('dim', new Date().toTimeString().slice(0, 8));
    const name = unit === undefined ? '' : ` ${paint('bold', unit)}`;
    const shown = stream === undefined ? ` ${paint(STYLES[level], level)}` : '';
    const trace = stack === undefined || !options.verbose ? '' : `\n${stack}`;
    const text = `${message.trimEnd()}${trace}`.replaceAll('\n', '\n         ');
    (stream === 'stdout' ? streams.stdout : streams.stderr).write(`${time}${shown}${name}: ${text}\n`);
  };
}
