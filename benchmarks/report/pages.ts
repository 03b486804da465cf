import type { Results, SuiteResult } from '../harness/schema.ts';
import { aimsSection } from './aims.ts';
import { chartsOf, type Chart } from './charts.ts';
import { crossoverSection } from './crossover.ts';
import { lossesSection } from './losses.ts';
import { measuresOf } from './numbers.ts';
import { markdownTable } from './tables.ts';
import { HOW, INTRODUCTIONS, NOT_TO_CONCLUDE } from './texts.ts';

/** The report and its charts by file name, from results alone: the same files for the same results. */
export function reportPages(results: Results): Readonly<Record<string, string>> {
  const charts = new Map(results.suites.map((suite) => [suite.name, chartsOf(suite)]));
  const report = [
    '# What Tenon costs, and what it is held against\n',
    head(results),
    aimsSection(results),
    crossoverSection(results),
    lossesSection(results),
    NOT_TO_CONCLUDE,
    ...results.suites.map((suite) => section(suite, charts.get(suite.name) ?? [])),
    HOW,
  ].filter((part) => part !== '');
  const images = [...charts.values()].flat().map(({ file, svg }) => [`charts/${file}`, svg]);
  return { 'REPORT.md': report.join('\n'), ...Object.fromEntries(images) };
}

function head({ date, machine, versions, timerNs, rounds, quick }: Results): string {
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const busy =
    machine.load > machine.cores / 2
      ? `\n**The machine was busy** when the run began (load ${machine.load}): ratios within a table are worth more than its figures.\n`
      : '';
  return `Measured on ${date.slice(0, 10)} with \`npm run bench${quick ? ' -- --quick' : ''}\`: ${machine.processor}, ${machine.cores} cores,
${(machine.memoryMB / 1000).toFixed(1)} GB, ${machine.system}; ${list.join(', ')}.

Every figure is the median of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, each in a fresh process, and in parentheses the lowest and the highest round.
Reading the clock costs ${timerNs} ns, which is part of every sample and taken off none.
${busy}`;
}

function section(suite: SuiteResult, charts: readonly Chart[]): string {
  const images = charts.map(({ file, title }) => `![${title}](charts/${file})\n`);
  const tables = measuresOf(suite).map(
    ({ measure, unit }) => `**${measure}**, ${unit}\n\n${markdownTable(suite, measure)}`,
  );
  const skipped = suite.skipped.map(({ label, reason }) => `- left out: ${label}: ${reason}\n`);
  return [
    `## ${suite.title}\n`,
    INTRODUCTIONS[suite.name],
    ...images,
    ...tables,
    ...(skipped.length > 0 ? [skipped.join('')] : []),
  ].join('\n');
}
