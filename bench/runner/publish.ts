import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { latencyChart, throughputChart } from './charts.ts';
import type { BenchOptions } from './options.ts';
import { BASELINE, CHARTS, README } from './paths.ts';
import { isFailed, type Report } from './report.ts';
import { merged, readReport, type Suite, writeReport } from './results-file.ts';
import { replaceSections, sections } from './sections.ts';
import { stockChart } from './stock-chart.ts';

/** With fewer, minimum and maximum are not meaningful. */
const LEAST_ROUNDS = 5;

/** Why a run must not be published; empty when it may. A missed target or memory limit is no reason. */
export function objections(
  { results }: Pick<Report, 'results'>,
  failures: readonly string[],
  {
    mode,
    profile,
    followUp,
    rounds,
    clients,
  }: Pick<BenchOptions, 'mode' | 'profile' | 'followUp' | 'rounds' | 'clients'>,
): readonly string[] {
  const inRounds = mode === 'scenarios' || mode === 'growth';
  return [
    ...(results.some(isFailed) ? ['a check failed'] : []),
    ...(failures.length > 0 ? ['a measurement failed'] : []),
    ...(profile ? ['--profile slows the measured processes'] : []),
    ...(followUp ? [] : ['--no-follow-up leaves figures out']),
    ...(inRounds && rounds < LEAST_ROUNDS ? [`fewer than ${LEAST_ROUNDS} rounds`] : []),
    // Their rows do not name a client.
    ...(mode === 'scenarios' || !clients.includes('wrk') ? [] : ['the client is wrk, not autocannon']),
  ];
}

/** Merges a run into the baseline, and regenerates the charts and the README from it. */
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
  await writeFile(README, replaceSections(await readFile(README, 'utf8'), sections(all)));
}
