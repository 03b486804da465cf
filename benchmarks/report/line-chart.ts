import { scaleLinear, scaleLog, type ScaleContinuousNumeric } from 'd3-scale';
import { line as path, symbol, symbolsFill } from 'd3-shape';
import { shown } from './numbers.ts';
import { fixed, line, page, text } from './svg.ts';

export interface Series {
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface LineChart {
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** Both axes logarithmic; otherwise both begin at zero. */
  readonly logarithmic: boolean;
  /** What stands at the marks of the x axis. */
  readonly ticks: readonly { readonly x: number; readonly text: string }[];
  readonly series: readonly Series[];
}

const WIDTH = 820;
const HEIGHT = 420;
const LEFT = 72;
const RIGHT = 270;
const TOP = 48;
const BOTTOM = 56;
/** Lines differ by dashes, marks by shape, and each is named at its end: nothing hangs on colour. */
const DASHES = ['', '6 3', '2 3', '8 3 2 3', '12 4', '1 4', '4 4', '10 2 2 2'];
/** Labels keep this distance. */
const LABEL = 15;

export function lineChart(chart: LineChart): string {
  const { title, xTitle, yTitle, ticks, series } = chart;
  const { x, y } = scales(chart);
  const right = WIDTH - RIGHT;
  const bottom = HEIGHT - BOTTOM;
  const yTicks = chart.logarithmic
    ? y.ticks().filter((tick) => Math.abs(Math.log10(tick) - Math.round(Math.log10(tick))) < 1e-6)
    : y.ticks(6);
  const axes = [
    ...yTicks.flatMap((tick) => [
      line(LEFT, y(tick), right, y(tick), 'grid'),
      text(
        LEFT - 8,
        y(tick) + 4,
        tick >= 1000 ? tick.toLocaleString('en-US') : String(Number(tick.toPrecision(6))),
        {
          'text-anchor': 'end',
          class: 'faint',
        },
      ),
    ]),
    ...ticks.map((tick) =>
      text(x(tick.x), bottom + 18, tick.text, { 'text-anchor': 'middle', class: 'faint' }),
    ),
    text((LEFT + right) / 2, bottom + 40, xTitle, { 'text-anchor': 'middle' }),
    text(16, 42, yTitle, { class: 'faint' }),
  ];
  const draw = path<{ x: number; y: number }>(
    (point) => x(point.x),
    (point) => y(point.y),
  ).digits(1);
  const labels = spread(series.map(({ points }) => y(points.at(-1)!.y)));
  const lines = series.flatMap(({ label, points }, index) => {
    const mark = symbol(symbolsFill[index % symbolsFill.length], 56).digits(1)() ?? '';
    const last = points.at(-1)!;
    return [
      `<path d="${draw([...points])}" class="ink" stroke-width="1.8" stroke-dasharray="${DASHES[index % DASHES.length]}"/>`,
      ...points.map(
        (one) =>
          `<path d="${mark}" transform="translate(${fixed(x(one.x))} ${fixed(y(one.y))})" class="mark"/>`,
      ),
      line(x(last.x) + 6, y(last.y), right + 20, labels[index]!, 'grid'),
      `<path d="${mark}" transform="translate(${right + 26} ${fixed(labels[index]!)})" class="mark"/>`,
      text(right + 36, labels[index]! + 4, `${label} ${shown(last.y)}`),
    ];
  });
  return page(WIDTH, HEIGHT, title, [...axes, ...lines]);
}

type Scale = ScaleContinuousNumeric<number, number>;

function scales({ logarithmic, series }: LineChart): { x: Scale; y: Scale } {
  const points = series.flatMap((one) => one.points);
  const [xs, ys] = [points.map((one) => one.x), points.map((one) => one.y)];
  const xRange = [LEFT, WIDTH - RIGHT];
  const yRange = [HEIGHT - BOTTOM, TOP + 8];
  return logarithmic
    ? {
        x: scaleLog([Math.min(...xs), Math.max(...xs)], xRange),
        y: scaleLog([Math.min(...ys), Math.max(...ys)], yRange).nice(),
      }
    : {
        x: scaleLinear([0, Math.max(...xs)], xRange),
        y: scaleLinear([0, Math.max(...ys)], yRange).nice(),
      };
}

/** The places of labels, moved apart where they would lie on each other. */
function spread(wanted: readonly number[]): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a]! - wanted[b]! || a - b);
  const placed = [...wanted];
  for (const [position, index] of order.entries()) {
    const above = order[position - 1];
    if (above !== undefined) placed[index] = Math.max(wanted[index]!, placed[above]! + LABEL);
  }
  const over = Math.max(0, (placed[order.at(-1) ?? 0] ?? 0) - (HEIGHT - BOTTOM));
  return placed.map((y) => y - over);
}
