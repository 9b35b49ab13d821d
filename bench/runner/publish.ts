import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { latencyChart, throughputChart } from './charts.ts';
import { BASELINE, CHARTS, README } from './paths.ts';
import type { Report } from './report.ts';
import { merged, readReport, writeReport } from './results-file.ts';
import { between, sections } from './sections.ts';
import { stockChart } from './stock-chart.ts';

/** Adds a run to the baseline, and draws charts and README anew from all that is in it. */
export async function publish(report: Report, order: readonly string[]): Promise<void> {
  const before = await readReport(BASELINE).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const all = merged(before, report, order);
  await writeReport(BASELINE, all);
  const { machine, results } = all;
  const note = `${machine.cores} cores for client, servers and Floodgate: ${machine.cpu}.`;
  await mkdir(CHARTS, { recursive: true });
  await writeFile(join(CHARTS, 'throughput.svg'), throughputChart(results, note));
  await writeFile(join(CHARTS, 'latency.svg'), latencyChart(results, note));
  await writeFile(join(CHARTS, 'stock.svg'), stockChart(results, note));
  await writeFile(README, between(await readFile(README, 'utf8'), sections(all)));
}
