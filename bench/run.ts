/** `npm run bench`: see bench/README.md, or `npm run bench -- --help`. */

import { chooseMicros, MICRO_NAMES, runMicro } from './micro/index.ts';
import { compare, comparisonText, isAsGood } from './runner/compare.ts';
import { chooseSteps, runGrowth } from './runner/growth.ts';
import { commit, machine, versions } from './runner/machine.ts';
import { runMemory } from './runner/memory.ts';
import { type BenchOptions, choose, parseOptions, USAGE } from './runner/options.ts';
import { costText } from './runner/profile.ts';
import { objections, publish } from './runner/publish.ts';
import { caseName, isWrong, type Report } from './runner/report.ts';
import { readBaseline, saveReport } from './runner/results-file.ts';
import { casesOf, runScenarios, widestOf } from './runner/run-scenarios.ts';
import type { Place } from './runner/scenario.ts';
import { growthRows, machineText, memoryRows, microRows, overgrown } from './runner/sections.ts';
import { type BenchServers, benchServers } from './runner/servers.ts';
import { resultRows, terminalTable } from './runner/table.ts';
import { UsageError } from './runner/usage-error.ts';
import { SCENARIOS } from './scenarios/index.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

type Measured = Pick<Report, 'results' | 'micro' | 'memory' | 'growth'> & { readonly failures: readonly string[] };

const NOTHING: Measured = { results: [], micro: [], memory: [], growth: [], failures: [] };

const SUITE = { scenarios: SCENARIOS.map(({ name }) => name), micros: MICRO_NAMES };

/** What the options ask for. */
interface Work {
  readonly needsServers: boolean;
  measure(servers: NodeJS.ProcessEnv): Promise<Measured>;
}

const isOnCluster = ({ on }: { readonly on: Place }) => on === 'cluster';

/** Errors: UsageError for a name of nothing. */
function workOf(options: BenchOptions): Work {
  const { mode, names, connections } = options;
  switch (mode) {
    case 'micro': {
      const micros = chooseMicros(names);
      return { needsServers: false, measure: async () => ({ ...NOTHING, micro: runMicro(micros, options) }) };
    }
    case 'growth': {
      const steps = chooseSteps(names);
      return {
        needsServers: steps.some(isOnCluster),
        measure: async (servers) => ({ ...NOTHING, ...(await runGrowth(steps, options, servers)) }),
      };
    }
    case 'memory': {
      const chosen = choose(SCENARIOS, names);
      const cases = widestOf(chosen, connections);
      return {
        needsServers: chosen.some(isOnCluster),
        measure: async (servers) => ({ ...NOTHING, ...(await runMemory(cases, options, servers)) }),
      };
    }
    case 'scenarios': {
      const chosen = choose(SCENARIOS, names);
      const cases = casesOf(chosen, connections);
      return {
        needsServers: chosen.some(isOnCluster),
        measure: async (servers) => ({ ...NOTHING, ...(await runScenarios(cases, options, servers)) }),
      };
    }
  }
}

async function run(options: BenchOptions): Promise<number> {
  const work = workOf(options);
  const baseline = options.compare === undefined ? undefined : await readBaseline(options.compare);
  const none: BenchServers = { env: {}, versions: {}, stop: async () => {} };
  const servers = work.needsServers ? await benchServers(say) : none;
  try {
    const { failures, ...measured } = await work.measure(servers.env);
    const report: Report = {
      date: new Date().toISOString(),
      commit: commit(),
      machine: machine(),
      versions: { ...versions(), ...servers.versions },
      client: options.client,
      ...measured,
    };
    show(report);
    console.log(`\nwritten to ${await saveReport(report)}`);
    const isGood = judge(report, failures, baseline);
    const isPublished = !options.publish || (await publishUnless(objections(report, failures, options), report));
    return isGood && isPublished ? 0 : 1;
  } finally {
    await servers.stop();
  }
}

async function publishUnless(reasons: readonly string[], report: Report): Promise<boolean> {
  if (reasons.length > 0) say(`NOT PUBLISHED: ${reasons.join('; ')}`);
  else await publish(report, SUITE);
  return reasons.length === 0;
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

/** False when a result is wrong, could not be measured, is worse than the baseline's, or a process grew too much. */
function judge(report: Report, failures: readonly string[], baseline: Report | undefined): boolean {
  const failed = [...failures, ...overgrown(report)];
  for (const failure of failed) say(`FAILED: ${failure}`);
  const wrong = report.results.some(isWrong);
  if (wrong) say('the results are WRONG: what is stored is not what was answered');
  const compared = baseline === undefined ? undefined : compare(baseline.results, report.results);
  if (compared !== undefined) say(comparisonText(compared));
  return !wrong && failed.length === 0 && (compared === undefined || isAsGood(compared));
}

/** Terminated, it stops what it started: the children's own watch is on this process's exit. */
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) console.log(`${USAGE}\nscenarios: ${SUITE.scenarios.join(', ')}`);
  else process.exitCode = await run(options);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  say(error.message);
  process.exitCode = 2;
}
