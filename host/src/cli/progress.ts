import type { BuildEvent } from '../build/app.ts';
import type { Output } from './output.ts';

/** Shows a build while it runs. */
export interface BuildProgress {
  readonly onProgress: (event: BuildEvent) => void;
  /** Takes the last unfinished line away. */
  readonly end: () => void;
}

/**
 * On a terminal one line says what is being built, rewritten as it goes; elsewhere a line per service and unit
 * when it is done; with --json every step is a line; with --quiet nothing is shown.
 */
export function showBuild(output: Output): BuildProgress {
  const { options, streams, paint } = output;
  const live = streams.stderr.isTTY === true && !options.json && !options.quiet;
  const working = new Map<string, string>();

  const rewrite = (): void => {
    if (!live) return;
    const text = [...working].map(([name, step]) => `${step} ${name}`).join(', ');
    const room = Math.max(20, (streams.stderr.columns || 80) - 4);
    streams.stderr.write(`\r\x1b[2K${text === '' ? '' : paint('dim', `  ${text.slice(0, room)}`)}`);
  };
  const line = (text: string, event: BuildEvent): void => {
    if (live) streams.stderr.write('\r\x1b[2K');
    output.event(text, { event: 'build', ...event });
    rewrite();
  };

  return {
    onProgress(event) {
      switch (event.step) {
        case 'bundling':
        case 'componentizing':
          working.set(event.name, event.step);
          if (options.json) output.event(undefined, { event: 'build', ...event });
          else rewrite();
          break;
        case 'built':
        case 'cached':
          working.delete(event.name);
          line(
            `  ${paint('green', event.step.padEnd(9))} ${event.name} ${paint('dim', seconds(event.ms))}`,
            event,
          );
          break;
        case 'linked': {
          const size = `${(event.bytes / 1e6).toFixed(2)} MB, ${seconds(event.ms)}`;
          line(`  ${paint('green', 'linked'.padEnd(9))} unit ${event.name} ${paint('dim', size)}`, event);
          break;
        }
        case 'unchanged':
          line(`  ${paint('green', 'unchanged')} ${event.name} ${paint('dim', seconds(event.ms))}`, event);
          break;
      }
    },
    end() {
      working.clear();
      rewrite();
    },
  };
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 995 ? 2 : 1)} s`;
}
