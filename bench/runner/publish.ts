import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { latencyChart, throughputChart } from './charts.ts';
import type { BenchOptions } from './options.ts';
import { BASELINE, CHARTS, README } from './paths.ts';
import { isWrong, type Report } from './report.ts';
import { merged, readReport, type Suite, writeReport } from './results-file.ts';
import { between, sections } from './sections.ts';
import { stockChart } from './stock-chart.ts';

/** Fewer say too little of the spread. */
const LEAST_ROUNDS = 5;

/** Why a run must not be published; empty when it may. That a target or the limit of memory is missed is no reason. */
export function objections(
  { results }: Pick<Report, 'results'>,
  failures: readonly string[],
  { mode, profile, rounds, client }: Pick<BenchOptions, 'mode' | 'profile' | 'rounds' | 'client'>,
): readonly string[] {
  const inRounds = mode === 'scenarios' || mode === 'growth';
  return [
    ...(results.some(isWrong) ? ['a result is wrong'] : []),
    ...(failures.length > 0 ? ['something could not be measured'] : []),
    ...(profile ? ['--profile slows down what is measured'] : []),
    ...(inRounds && rounds < LEAST_ROUNDS ? [`fewer than ${LEAST_ROUNDS} rounds`] : []),
    ...(client === 'autocannon' ? [] : [`the client is ${client}, not autocannon`]),
  ];
}

/** Adds a run to the baseline, and draws charts and README anew from all that is in it. */
export async function publish(report: Report, suite: Suite): Promise<void> {
  const before = await readReport(BASELINE).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const all = merged(before, report, suite);
  await writeReport(BASELINE, all);
  const { machine, results } = all;
  const note = `${machine.cores} cores for client, servers and Floodgate: ${machine.cpu}.`;
  await mkdir(CHARTS, { recursive: true });
  await writeFile(join(CHARTS, 'throughput.svg'), throughputChart(results, note));
  await writeFile(join(CHARTS, 'latency.svg'), latencyChart(results, note));
  await writeFile(join(CHARTS, 'stock.svg'), stockChart(results, note));
  await writeFile(README, between(await readFile(README, 'utf8'), sections(all)));
}
