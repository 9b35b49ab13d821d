/** `npm run bench`: see bench/README.md, or `npm run bench -- --help`. */

import { EXPERIMENT_LIST, runExperiment } from './experiments/index.ts';
import { chooseMicros, MICRO_NAMES, runMicro } from './micro/index.ts';
import { compare, comparisonText, isAsGood } from './runner/compare.ts';
import { chooseSteps, runGrowth } from './runner/growth.ts';
import { commit, machine, versions } from './runner/machine.ts';
import { runMemory } from './runner/memory.ts';
import { openLoopRows } from './runner/open-loop-steps.ts';
import { type BenchOptions, choose, parseOptions, USAGE, UsageError } from './runner/options.ts';
import { costText } from './runner/profile.ts';
import { objections, publish } from './runner/publish.ts';
import { caseName, isFailed, type Report } from './runner/report.ts';
import { readBaseline, saveReport } from './runner/results-file.ts';
import { casesOf, runScenarios, widestOf } from './runner/run-scenarios.ts';
import type { Deployment } from './runner/scenario.ts';
import { growthRows, machineText, memoryRows, microRows, overgrown } from './runner/sections.ts';
import { ALL_SERVERS, benchServers } from './runner/servers.ts';
import { ownLoadRows, resultRows, terminalTable } from './runner/table.ts';
import { usageRows } from './runner/usage-rows.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { GET_WRK, wrkVersion } from './support/wrk.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);

type Measured = Pick<Report, 'results' | 'micro' | 'memory' | 'growth'> & { readonly failures: readonly string[] };

const NOTHING: Measured = { results: [], micro: [], memory: [], growth: [], failures: [] };

const SUITE = { scenarios: SCENARIOS.map(({ name }) => name), micros: MICRO_NAMES };

/** The measurement that the options select. */
interface Work {
  readonly needsServers: boolean;
  measure(servers: NodeJS.ProcessEnv): Promise<Measured>;
}

const isOnCluster = ({ on }: { readonly on: Deployment }) => on === 'cluster';

/** Errors: {@link UsageError} for an unknown name. */
function workOf(options: BenchOptions): Work {
  const { mode, names } = options;
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
      const cases = widestOf(chosen, options);
      return {
        needsServers: chosen.some(isOnCluster),
        measure: async (servers) => ({ ...NOTHING, ...(await runMemory(cases, options, servers)) }),
      };
    }
    case 'scenarios': {
      const chosen = choose(SCENARIOS, names);
      const cases = casesOf(chosen, options);
      return {
        needsServers: chosen.some(isOnCluster),
        measure: async (servers) => ({ ...NOTHING, ...(await runScenarios(cases, options, servers)) }),
      };
    }
  }
}

async function run(options: BenchOptions): Promise<number> {
  const work = workOf(options);
  if (options.mode !== 'micro') requireClients(options);
  const baseline = options.compare === undefined ? undefined : await readBaseline(options.compare);
  const servers = await benchServers(say, work.needsServers ? ALL_SERVERS : []);
  try {
    const { failures, ...measured } = await work.measure(servers.env);
    const report: Report = {
      date: new Date().toISOString(),
      commit: commit(),
      machine: machine(),
      versions: { ...versions(), ...servers.versions },
      client: options.clients.join(', '),
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

/** Errors: {@link UsageError} that says how to get a missing client. */
function requireClients({ clients }: BenchOptions): void {
  if (!clients.includes('wrk') || wrkVersion() !== undefined) return;
  throw new UsageError(`wrk is not installed: ${GET_WRK}; or measure with --client autocannon`);
}

async function publishUnless(reasons: readonly string[], report: Report): Promise<boolean> {
  if (reasons.length > 0) say(`NOT PUBLISHED: ${reasons.join('; ')}`);
  else await publish(report, SUITE);
  return reasons.length === 0;
}

function show(report: Report): void {
  console.log(`${machineText(report.machine)}; commit ${report.commit}; client ${report.client}\n`);
  const { results } = report;
  const tables = [
    resultRows(results),
    ownLoadRows(results),
    openLoopRows(results),
    usageRows(results),
    memoryRows(report),
    growthRows(report),
    microRows(report),
  ];
  for (const rows of tables.filter(({ length }) => length > 0)) console.log(terminalTable(rows));
  for (const result of report.results) {
    for (const round of result.disturbed) console.log(`disturbed: ${caseName(result)}: ${round}`);
    for (const { ok, what } of result.verdicts)
      console.log(`check ${ok ? 'passed' : 'FAILED'}: ${caseName(result)}: ${what}`);
    if (result.costs !== undefined) console.log(`costs of ${caseName(result)}:\n${costText(result.costs)}`);
  }
}

/** False when a check or a measurement failed, a ratio is worse than the baseline's, or a process grew too much. */
function judge(report: Report, failures: readonly string[], baseline: Report | undefined): boolean {
  const failed = [...failures, ...overgrown(report)];
  for (const failure of failed) say(`FAILED: ${failure}`);
  const isInconsistent = report.results.some(isFailed);
  if (isInconsistent) say('FAILED: stored orders and answers do not reconcile');
  const compared = baseline === undefined ? undefined : compare(baseline.results, report.results);
  if (compared !== undefined) say(comparisonText(compared));
  return !isInconsistent && failed.length === 0 && (compared === undefined || isAsGood(compared));
}

/** Child processes and servers are stopped by exit handlers, which do not run when a signal ends the process. */
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));

async function main(args: readonly string[]): Promise<number> {
  if (args[0] === 'experiment') return (await runExperiment(args.slice(1), say)) ? 0 : 1;
  const options = parseOptions(args);
  if (!options.help) return run(options);
  console.log(`${USAGE}\nscenarios: ${SUITE.scenarios.join(', ')}\n\nexperiments:\n${EXPERIMENT_LIST}`);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  say(error.message);
  process.exitCode = 2;
}
