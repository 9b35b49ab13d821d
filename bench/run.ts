/** `npm run bench`: see bench/README.md, or `npm run bench -- --help`. */

import { runMicro } from './micro/index.ts';
import { compare, comparisonText, isAsGood } from './runner/compare.ts';
import { runGrowth } from './runner/growth.ts';
import { commit, machine, versions } from './runner/machine.ts';
import { runMemory } from './runner/memory.ts';
import { type BenchOptions, choose, parseOptions, USAGE } from './runner/options.ts';
import { costText } from './runner/profile.ts';
import { publish } from './runner/publish.ts';
import { caseName, type Report } from './runner/report.ts';
import { readReport, saveReport } from './runner/results-file.ts';
import { casesOf, runScenarios, widestOf } from './runner/run-scenarios.ts';
import { growthRows, machineText, memoryRows, microRows } from './runner/sections.ts';
import { type BenchServers, benchServers } from './runner/servers.ts';
import { resultRows, terminalTable } from './runner/table.ts';
import { SCENARIOS } from './scenarios/index.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

type Measured = Pick<Report, 'results' | 'micro' | 'memory' | 'growth'> & { readonly failures: readonly string[] };

async function run(options: BenchOptions): Promise<number> {
  const baseline = options.compare === undefined ? undefined : await readReport(options.compare);
  const chosen = ofScenarios(options) ? choose(SCENARIOS, options.names) : [];
  const needsServers = options.mode === 'growth' || chosen.some(({ on }) => on === 'cluster');
  const none: BenchServers = { env: {}, versions: {}, stop: async () => {} };
  const servers = needsServers ? await benchServers(say) : none;
  try {
    const measured = await measureAll(options, servers);
    const report: Report = {
      date: new Date().toISOString(),
      commit: commit(),
      machine: machine(),
      versions: { ...versions(), ...servers.versions },
      client: options.client,
      results: measured.results,
      micro: measured.micro,
      memory: measured.memory,
      growth: measured.growth,
    };
    show(report);
    console.log(`\nwritten to ${await saveReport(report)}`);
    if (options.publish) {
      await publish(
        report,
        SCENARIOS.map(({ name }) => name),
      );
    }
    return judge(report, measured.failures, baseline);
  } finally {
    await servers.stop();
  }
}

/** Whose names are those of scenarios. */
const ofScenarios = ({ mode }: BenchOptions) => mode === 'scenarios' || mode === 'memory';

async function measureAll(options: BenchOptions, servers: BenchServers): Promise<Measured> {
  const nothing: Measured = { results: [], micro: [], memory: [], growth: [], failures: [] };
  const chosen = ofScenarios(options) ? choose(SCENARIOS, options.names) : [];
  switch (options.mode) {
    case 'micro':
      return { ...nothing, micro: await runMicro(options) };
    case 'memory':
      return { ...nothing, ...(await runMemory(widestOf(chosen, options.connections), options, servers.env)) };
    case 'growth':
      return { ...nothing, ...(await runGrowth(options, servers.env)) };
    case 'scenarios':
      return { ...nothing, ...(await runScenarios(casesOf(chosen, options.connections), options, servers.env)) };
  }
}

function show(report: Report): void {
  console.log(`${machineText(report.machine)}; commit ${report.commit}; client ${report.client}\n`);
  const tables = [resultRows(report.results), memoryRows(report), growthRows(report), microRows(report)];
  for (const rows of tables.filter(({ length }) => length > 0)) console.log(terminalTable(rows));
  for (const result of report.results) {
    for (const round of result.disturbed) console.log(`disturbed: ${caseName(result)}: ${round}`);
    for (const { ok, what } of result.verdicts) console.log(`${ok ? 'sound' : 'WRONG'}: ${caseName(result)}: ${what}`);
    if (result.costs !== undefined) console.log(`costs of ${caseName(result)}:\n${costText(result.costs)}`);
  }
}

/** The exit code: 1 when a result is wrong, could not be measured, or is worse than the baseline's. */
function judge(report: Report, failures: readonly string[], baseline: Report | undefined): number {
  for (const failure of failures) say(`FAILED: ${failure}`);
  const wrong = report.results.some(({ verdicts }) => verdicts.some(({ ok }) => !ok));
  if (wrong) say('the results are WRONG: what is stored is not what was answered');
  const compared = baseline === undefined ? undefined : compare(baseline.results, report.results);
  if (compared !== undefined) say(comparisonText(compared));
  return wrong || failures.length > 0 || (compared !== undefined && !isAsGood(compared)) ? 1 : 0;
}

/** Terminated, it stops what it started: the children's own watch is on this process's exit. */
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(`${USAGE}\nscenarios: ${SCENARIOS.map(({ name }) => name).join(', ')}`);
  else process.exitCode = await run(options);
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  say(error.message);
  process.exitCode = 2;
}
