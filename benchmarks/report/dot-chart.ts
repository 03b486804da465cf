import { scaleLog } from 'd3-scale';
import { shown } from './numbers.ts';
import { fixed, line, page, text } from './svg.ts';

export interface Dot {
  readonly label: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Whether it is Tenon's: told by shape as well as by colour. */
  readonly own: boolean;
}

const WIDTH = 760;
const LEFT = 220;
const RIGHT = 90;
const TOP = 64;
const ROW = 24;

/** One row for each thing on a logarithmic scale: a mark at the median, a line over the range of the rounds. */
export function dotChart(title: string, unit: string, dots: readonly Dot[]): string {
  const low = Math.min(...dots.map((dot) => dot.low));
  const high = Math.max(...dots.map((dot) => dot.high));
  const x = scaleLog([low, high], [LEFT, WIDTH - RIGHT]).nice();
  const bottom = TOP + dots.length * ROW;
  const powers = x.ticks().filter((tick) => Number.isInteger(Math.round(Math.log10(tick) * 1e6) / 1e6));
  const axis = powers.flatMap((tick) => [
    line(x(tick), TOP - 8, x(tick), bottom, 'grid'),
    text(x(tick), TOP - 14, shownPower(tick), { 'text-anchor': 'middle', class: 'faint' }),
  ]);
  const rows = dots.flatMap((dot, index) => {
    const y = TOP + index * ROW + ROW / 2;
    const kind = dot.own ? 'own' : 'ink';
    return [
      text(LEFT - 12, y + 4, dot.label, { 'text-anchor': 'end' }),
      `<line x1="${fixed(x(dot.low))}" y1="${fixed(y)}" x2="${fixed(x(dot.high))}" y2="${fixed(y)}" class="${kind}" stroke-width="3"/>`,
      dot.own
        ? diamond(x(dot.value), y)
        : `<circle cx="${fixed(x(dot.value))}" cy="${fixed(y)}" r="4.5" class="mark"/>`,
      text(Math.max(x(dot.high), x(dot.value)) + 10, y + 4, shown(dot.value)),
    ];
  });
  const note = text(
    16,
    bottom + 24,
    `${unit}, logarithmic; ◆ Tenon, ● others; the line is the range of the rounds`,
    {
      class: 'faint',
    },
  );
  return page(WIDTH, bottom + 40, title, [...axis, ...rows, note]);
}

function diamond(x: number, y: number): string {
  return `<path d="M${fixed(x)} ${fixed(y - 6.5)}l6.5 6.5l-6.5 6.5l-6.5 -6.5z" class="mark own"/>`;
}

function shownPower(tick: number): string {
  return tick >= 1 ? Math.round(tick).toLocaleString('en-US') : String(Number(tick.toPrecision(1)));
}
