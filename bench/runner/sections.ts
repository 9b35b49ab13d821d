import { CLIENTS } from '../support/load.ts';
import type { Stats } from '../support/statistics.ts';
import { threeDigits, wholeOf } from './format.ts';
import { openLoopRows } from './open-loop-steps.ts';
import { caseName, type Machine, type MemoryResult, type Report } from './report.ts';
import { markdownTable, ownLoadRows, resultRows, scenarioRows } from './table.ts';
import { usageRows } from './usage-rows.ts';

export const BEGIN = '<!-- results: written by npm run bench -- --publish -->';
export const END = '<!-- end of the results -->';

/** Replaces the text between the markers. Errors: Error when the markers are missing. */
export function replaceSections(readme: string, text: string): string {
  const [from, to] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (from < 0 || to < from) throw new Error('the README has no markers for the results');
  return `${readme.slice(0, from + BEGIN.length)}\n${text}\n${readme.slice(to)}`;
}

/** The README's sections of results. */
export function sections(report: Report): string {
  const parts = [
    environmentText(report),
    markdownTable(resultRows(report.results)),
    report.results.length === 0 ? '' : CHART_LINES,
    problemsText(report),
    titled('Open loop', markdownTable(openLoopRows(report.results))),
    titled('Cost of an operation', markdownTable(usageRows(report.results))),
    titled('Without an HTTP client', markdownTable(ownLoadRows(report.results))),
    titled('Scenarios', markdownTable(scenarioRows(report.results))),
    titled('Memory', markdownTable(memoryRows(report))),
    titled('Growth', markdownTable(growthRows(report))),
    titled('Micro-benchmarks', markdownTable(microRows(report))),
  ];
  return `\n${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const CHART_LINES = [
  '![Throughput relative to the ceiling](charts/throughput.svg)',
  '![Latency percentiles](charts/latency.svg)',
  '![Stock over time](charts/stock.svg)',
].join('\n\n');

export const machineText = ({ cpu, cores, memoryGb, os }: Machine): string =>
  `${cpu}, ${cores} cores, ${memoryGb} GB, ${os}`;

function environmentText({ machine, versions, date, commit, results }: Report): string {
  const clients = CLIENTS.filter((name) => results.some(({ client }) => client === name));
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `On ${machineText(machine)}; ${names.join(', ')}. ${clients.length === 0 ? '' : `Clients: ${clients.join(' and ')}, one thread each. `}Last run ${date.slice(0, 10)}, commit ${commit}.`;
}

function problemsText({ results }: Report): string {
  const lines = results.flatMap((result) => [
    ...result.disturbed.map((round) => `- ${caseName(result)}: ${round}`),
    ...result.verdicts.filter(({ ok }) => !ok).map(({ what }) => `- ${caseName(result)}: FAILED: ${what}`),
  ]);
  return lines.length === 0 ? '' : `Disturbed rounds and failed checks:\n\n${lines.join('\n')}`;
}

/** Target of issue 9, 4. */
const MEMORY_LIMIT_MB = 10;

const isWithinLimit = ({ growthMb }: MemoryResult): boolean => growthMb <= MEMORY_LIMIT_MB;

/** A line for each process that grew by more than the limit. */
export const overgrown = ({ memory }: Pick<Report, 'memory'>): readonly string[] =>
  memory
    .filter((one) => !isWithinLimit(one))
    .map(
      (one) =>
        `${caseName(one)}: ${one.process} grew by ${threeDigits(one.growthMb)} MB in ${threeDigits(one.minutes)} minutes, at most ${MEMORY_LIMIT_MB}`,
    );

export const memoryRows = ({ memory }: Pick<Report, 'memory'>) =>
  memory.map((one) => ({
    scenario: one.scenario,
    connections: wholeOf(one.connections),
    process: one.process,
    'warm-up + minutes': `${threeDigits(one.warmUpMinutes)} + ${threeDigits(one.minutes)}`,
    'MB in each tenth of the minutes': one.tenthsMb.map(wholeOf).join(', '),
    'growth, MB': threeDigits(one.growthMb),
    'slope, MB/min': threeDigits(one.slopeMbPerMinute),
    target: `at most ${MEMORY_LIMIT_MB}: ${isWithinLimit(one) ? 'met' : 'MISSED'}`,
    commit: one.commit,
  }));

export const growthRows = ({ growth }: Pick<Report, 'growth'>) =>
  growth.map((one) => ({
    axis: one.axis,
    on: one.on,
    size: wholeOf(one.size),
    'sold/s (min..max)': rateText(one.soldPerSecond),
    'refused/s': one.refusedPerSecond === 0 ? '' : wholeOf(one.refusedPerSecond),
    broken: one.broken === 0 ? '' : wholeOf(one.broken),
    'p99, ms': threeDigits(one.p99Ms),
    MB: wholeOf(one.memoryMb),
    rounds: `${one.rounds} of ${one.seconds} s`,
    commit: one.commit,
  }));

const rateText = ({ median, min, max }: Stats): string => `${wholeOf(median)} (${wholeOf(min)}..${wholeOf(max)})`;

export const microRows = ({ micro }: Pick<Report, 'micro'>) =>
  micro.map(({ name, nsPerOp }) => ({
    operation: name,
    'ns/op': threeDigits(nsPerOp.median),
    'min..max': `${threeDigits(nsPerOp.min)}..${threeDigits(nsPerOp.max)}`,
    'ops/s': wholeOf(1e9 / nsPerOp.median),
  }));

const titled = (title: string, text: string) => (text === '' ? '' : `## ${title}\n\n${text}`);
