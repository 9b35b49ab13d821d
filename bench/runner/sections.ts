import type { Spread } from '../support/spread.ts';
import { briefly, wholeOf } from './format.ts';
import { caseName, type Machine, type MemoryResult, type Report } from './report.ts';
import { markdownTable, resultRows, scenarioRows } from './table.ts';

export const BEGIN = '<!-- results: written by npm run bench -- --publish -->';
export const END = '<!-- end of the results -->';

/** Puts new text between the markers. Errors: Error when they are not there. */
export function between(readme: string, text: string): string {
  const [from, to] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (from < 0 || to < from) throw new Error('the README has lost its markers');
  return `${readme.slice(0, from + BEGIN.length)}\n${text}\n${readme.slice(to)}`;
}

/** What the README says of the results. */
export function sections(report: Report): string {
  const parts = [
    onWhat(report),
    report.results.length === 0 ? '' : `${markdownTable(resultRows(report.results))}\n\n${CHART_LINES}`,
    disturbed(report),
    titled('What they show', markdownTable(scenarioRows(report.results))),
    titled('Memory', markdownTable(memoryRows(report))),
    titled('Cost as work grows', markdownTable(growthRows(report))),
    titled('Micro-benchmarks', markdownTable(microRows(report))),
  ];
  return `\n${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const CHART_LINES = [
  '![Throughput beside the ceiling](charts/throughput.svg)',
  '![Latency percentiles](charts/latency.svg)',
  '![Stock over time](charts/stock.svg)',
].join('\n\n');

export const machineText = ({ cpu, cores, memoryGb, os }: Machine): string =>
  `${cpu}, ${cores} cores, ${memoryGb} GB, ${os}`;

function onWhat({ machine, versions, date, commit, client }: Report): string {
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `On ${machineText(machine)}; ${names.join(', ')}. Client: ${client}. Last run ${date.slice(0, 10)}, commit ${commit}.`;
}

function disturbed({ results }: Report): string {
  const lines = results.flatMap(({ scenario, connections, disturbed: rounds, verdicts }) => [
    ...rounds.map((round) => `- ${scenario}, ${connections}: ${round}`),
    ...verdicts.filter(({ ok }) => !ok).map(({ what }) => `- ${scenario}, ${connections}: WRONG: ${what}`),
  ]);
  return lines.length === 0 ? '' : `Disturbed rounds and failed checks:\n\n${lines.join('\n')}`;
}

/** Issue 9, 4. */
export const MEMORY_LIMIT_MB = 10;

const isWithinLimit = ({ growthMb }: MemoryResult): boolean => growthMb <= MEMORY_LIMIT_MB;

/** A line for each process that grew by more than the limit. */
export const overgrown = ({ memory }: Pick<Report, 'memory'>): readonly string[] =>
  memory
    .filter((one) => !isWithinLimit(one))
    .map(
      (one) =>
        `${caseName(one)}: ${one.process} grew by ${briefly(one.growthMb)} MB in ${briefly(one.minutes)} minutes, at most ${MEMORY_LIMIT_MB}`,
    );

export const memoryRows = ({ memory }: Pick<Report, 'memory'>) =>
  memory.map((one) => ({
    scenario: one.scenario,
    connections: wholeOf(one.connections),
    process: one.process,
    'warm-up + minutes': `${briefly(one.warmUpMinutes)} + ${briefly(one.minutes)}`,
    'MB in each tenth of them': one.tenthsMb.map(wholeOf).join(', '),
    'growth, MB': briefly(one.growthMb),
    'slope, MB a minute': briefly(one.slopeMbPerMinute),
    target: `at most ${MEMORY_LIMIT_MB}: ${isWithinLimit(one) ? 'met' : 'MISSED'}`,
    commit: one.commit,
  }));

export const growthRows = ({ growth }: Pick<Report, 'growth'>) =>
  growth.map((one) => ({
    'what grows': one.axis,
    on: one.on,
    to: wholeOf(one.size),
    'sold a second (min..max)': rateText(one.soldPerSecond),
    'refused a second': one.refusedPerSecond === 0 ? '' : wholeOf(one.refusedPerSecond),
    broken: one.broken === 0 ? '' : wholeOf(one.broken),
    'p99 ms': briefly(one.p99Ms),
    MB: wholeOf(one.memoryMb),
    'rounds, s': `${one.rounds} of ${one.seconds}`,
    commit: one.commit,
  }));

const rateText = ({ median, min, max }: Spread): string => `${wholeOf(median)} (${wholeOf(min)}..${wholeOf(max)})`;

export const microRows = ({ micro }: Pick<Report, 'micro'>) =>
  micro.map(({ name, nsPerOp }) => ({
    what: name,
    'ns an operation': briefly(nsPerOp.median),
    'min..max': `${briefly(nsPerOp.min)}..${briefly(nsPerOp.max)}`,
    'operations a second': wholeOf(1e9 / nsPerOp.median),
  }));

const titled = (title: string, text: string) => (text === '' ? '' : `## ${title}\n\n${text}`);
