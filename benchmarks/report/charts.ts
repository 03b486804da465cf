import type { Figure, SuiteResult } from '../harness/schema.ts';
import { median } from '../../host/src/cli/bench/statistics.ts';
import { dotChart, type Dot } from './dot-chart.ts';
import { lineChart, type Series } from './line-chart.ts';
import { pivot } from './numbers.ts';

export interface Chart {
  readonly file: string;
  readonly title: string;
  readonly svg: string;
}

/** The charts of a suite; none where it has too little to show. */
export function chartsOf(suite: SuiteResult): readonly Chart[] {
  switch (suite.name) {
    case 'hop':
      return [
        ...dots(suite, 'hop-16-bytes', 'One call with a string of 16 bytes, median', '16 B', 'p50'),
        ...dots(suite, 'hop-100-lines', 'One call with an order of 100 lines, median', '100 lines', 'p50'),
        ...sizes(suite),
      ];
    case 'chain':
      return lines(suite, 'chain', 'Services in a row, median', 'p50', 'µs');
    case 'event':
      return dots(
        suite,
        'event-fulfilled',
        'An order until it is fulfilled, one connection, median',
        '1 connection',
        'fulfilled, p50',
      );
    case 'engine':
      return [
        ...lines(
          suite,
          'engine-event',
          'An event on a fresh instance, median',
          'event on a fresh instance, p50',
          'µs',
        ),
        ...lines(suite, 'engine-memory', 'Memory of one instance', 'memory per instance', 'MB'),
      ];
    case 'build':
      return lines(suite, 'build-size', 'Size of a unit', 'size', 'MB');
  }
}

function dots(suite: SuiteResult, file: string, title: string, at: string, measure: string): Chart[] {
  const found = suite.cases.flatMap(({ name, label, figures }): Dot[] => {
    const figure = figures.find((one) => one.at === at && one.measure === measure);
    if (!figure || median(figure.rounds) <= 0) return [];
    const low = Math.max(Math.min(...figure.rounds), median(figure.rounds) / 1000);
    return [
      { label, value: median(figure.rounds), low, high: Math.max(...figure.rounds), own: isOwn(suite, name) },
    ];
  });
  if (found.length < 2) return [];
  const sorted = found.sort((a, b) => a.value - b.value || (a.label < b.label ? -1 : 1));
  return [{ file: `${file}.svg`, title, svg: dotChart(title, 'µs', sorted) }];
}

/** Rows of the hop suite that are not how Tenon carries a call on its own hosts. */
function isOwn({ name: suite }: SuiteResult, name: string): boolean {
  return suite !== 'hop' || (/^(fused|linked)-/.test(name) && name !== 'stock-node');
}

const SIZES = [
  { x: 16, text: '16 B' },
  { x: 1024, text: '1 KB' },
  { x: 65_536, text: '64 KB' },
  { x: 1_048_576, text: '1 MB' },
];
const WAYS = [
  'fused-node',
  'linked-node',
  'linked-wasmtime',
  'stock-node',
  'undici',
  'redis-one-way',
  'mqtt-0',
  'moleculer-tcp',
];

function sizes(suite: SuiteResult): Chart[] {
  const series = WAYS.flatMap((way): Series[] => {
    const found = suite.cases.find(({ name }) => name === way);
    const points = SIZES.flatMap(({ x, text }) => {
      const figure = found?.figures.find((one) => one.at === text && one.measure === 'p50');
      return figure && median(figure.rounds) > 0 ? [{ x, y: median(figure.rounds) }] : [];
    });
    return found && points.length > 1 ? [{ label: found.label, points }] : [];
  });
  if (series.length < 2) return [];
  const title = 'One call with a string, by its size, median';
  const svg = lineChart({
    title,
    xTitle: 'bytes of the string, logarithmic',
    yTitle: 'µs, logarithmic',
    logarithmic: true,
    ticks: SIZES,
    series,
  });
  return [{ file: 'hop-sizes.svg', title, svg }];
}

/** By the number of services. */
function lines(suite: SuiteResult, file: string, title: string, measure: string, unit: string): Chart[] {
  const { places, rows } = pivot(suite, measure);
  const x = (at: string): number => Number.parseInt(at, 10);
  const point = (figure: Figure) => ({ x: x(figure.at), y: median(figure.rounds) });
  const series = rows.map(({ label, figures }): Series => ({
    label,
    points: figures.filter((one) => one.measure === measure).map(point),
  }));
  if (places.length < 2 || series.length < 2) return [];
  const ticks = places.map((at) => ({ x: x(at), text: String(x(at)) }));
  const svg = lineChart({ title, xTitle: 'services', yTitle: unit, logarithmic: false, ticks, series });
  return [{ file: `${file}.svg`, title, svg }];
}
