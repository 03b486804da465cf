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
      return lines(suite, {
        file: 'chain',
        title: 'Services in a row, median',
        measure: 'p50',
        unit: 'µs',
        // From a call of a microsecond to a broker's millisecond.
        logarithmic: true,
      });
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
        ...lines(fresh(suite), {
          file: 'engine-event',
          title: 'An event on a fresh instance, as on Spin, median',
          measure: 'event on a fresh instance, p50',
          unit: 'µs',
        }),
        ...lines(suite, {
          file: 'engine-memory',
          title: 'Memory of one instance',
          measure: 'memory per instance',
          unit: 'MB',
        }),
      ];
    case 'build':
      return lines(suite, { file: 'build-size', title: 'Size of a unit', measure: 'size', unit: 'MB' });
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
  return suite !== 'hop' || /^(fused|linked)-/.test(name);
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

/** The host that has no other way than a fresh instance. */
function fresh(suite: SuiteResult): SuiteResult {
  return { ...suite, cases: suite.cases.filter(({ name }) => name.endsWith('-wasmtime')) };
}

interface ByServices {
  readonly file: string;
  readonly title: string;
  readonly measure: string;
  readonly unit: string;
  readonly logarithmic?: boolean;
}

/** By the number of services. */
function lines(suite: SuiteResult, { file, title, measure, unit, logarithmic = false }: ByServices): Chart[] {
  const { places, rows } = pivot(suite, measure);
  const x = (at: string): number => Number.parseInt(at, 10);
  const point = (figure: Figure) => ({ x: x(figure.at), y: median(figure.rounds) });
  const series = rows.map(({ label, figures }): Series => ({
    label,
    points: figures.filter((one) => one.measure === measure).map(point),
  }));
  // A logarithm has no zero.
  const shown = series.filter(({ points }) => !logarithmic || points.every(({ y }) => y > 0));
  if (places.length < 2 || shown.length < 2) return [];
  const ticks = places.map((at) => ({ x: x(at), text: String(x(at)) }));
  const scale = logarithmic ? ', logarithmic' : '';
  const svg = lineChart({
    title,
    xTitle: `services${scale}`,
    yTitle: `${unit}${scale}`,
    logarithmic,
    ticks,
    series: shown,
  });
  return [{ file: `${file}.svg`, title, svg }];
}
