import { Reconciliation } from '../scenarios/parts/reconciliation.ts';
import { openTestbed, type Testbed, type TestbedOptions } from '../scenarios/parts/testbed.ts';
import { load } from '../support/load.ts';
import { purchaseCounts } from '../support/metrics.ts';
import { purchasesOf } from '../support/requests.ts';
import { ticketsFor } from '../support/sale.ts';
import { median, statsOf } from '../support/statistics.ts';
import { commit } from './machine.ts';
import { WARM_UP_SECONDS } from './measure.ts';
import { type BenchOptions, UsageError } from './options.ts';
import { createProgress } from './progress.ts';
import type { GrowthResult, Report } from './report.ts';
import { failureOf } from './run-scenarios.ts';

/** One dimension of the load that grows while all others keep their usual values. */
interface Axis {
  readonly axis: string;
  readonly on: TestbedOptions['on'];
  readonly sizes: readonly number[];
  readonly workload: (size: number) => Workload;
}

interface Workload {
  readonly connections: number;
  /** On sale at the same time. */
  readonly sales: number;
  /** Of each sale. @default more than can be sold */
  readonly tickets?: number;
  readonly fronts: number;
}

const USUAL: Workload = { connections: 128, sales: 1, fronts: 1 };

const BOTH = ['embedded', 'cluster'] as const;

const AXES: readonly Axis[] = [
  ...BOTH.flatMap((on): readonly Axis[] => [
    { axis: 'connections', on, sizes: [100, 1000, 10_000], workload: (connections) => ({ ...USUAL, connections }) },
    { axis: 'sales at once', on, sizes: [1, 10, 100], workload: (sales) => ({ ...USUAL, sales }) },
    { axis: 'tickets', on, sizes: [1, 1000, 1_000_000], workload: (tickets) => ({ ...USUAL, tickets }) },
  ]),
  {
    axis: 'fronts',
    on: 'cluster',
    sizes: [1, 2, 3, 4],
    workload: (fronts) => ({ ...USUAL, connections: 1024, fronts }),
  },
];

interface Step extends Axis {
  readonly size: number;
}

/** The steps of the axes with these names; all without names. Errors: {@link UsageError} for an unknown name. */
export function chooseSteps(names: readonly string[]): readonly Step[] {
  const nameOf = ({ axis }: Axis) => axis.split(' ')[0] ?? '';
  const known = new Set(AXES.map(nameOf));
  for (const name of names) {
    if (!known.has(name)) throw new UsageError(`no axis ${name}; there are ${[...known].join(', ')}`);
  }
  const chosen = AXES.filter((axis) => names.length === 0 || names.includes(nameOf(axis)));
  return chosen.flatMap((axis) => axis.sizes.map((size) => ({ ...axis, size })));
}

/** Purchases sold and refused a second by size of each axis. A step that fails or is inconsistent is in `failures`. */
export async function runGrowth(
  steps: readonly Step[],
  options: BenchOptions,
  servers: NodeJS.ProcessEnv,
): Promise<Pick<Report, 'growth'> & { readonly failures: readonly string[] }> {
  const { rounds, seconds } = options;
  const progress = createProgress(steps.length);
  const growth: GrowthResult[] = [];
  const failures: string[] = [];
  for (const { axis, on, size, workload } of steps) {
    const name = `${size} ${axis}, ${on}`;
    progress.next(name);
    progress.step(`${rounds} rounds`);
    try {
      const figures = await measureStep(on, workload(size), options, servers);
      growth.push({ axis, on, size, rounds, seconds, ...figures, date: new Date().toISOString(), commit: commit() });
    } catch (error) {
      failures.push(failureOf(name, error, progress));
    }
  }
  progress.end();
  return { growth, failures };
}

type Figures = Pick<GrowthResult, 'soldPerSecond' | 'refusedPerSecond' | 'broken' | 'p99Ms' | 'memoryMb'>;

/** Rounds on a testbed of its own, after a warm-up. Errors: Error when stored orders and answers do not reconcile. */
async function measureStep(
  on: TestbedOptions['on'],
  workload: Workload,
  options: BenchOptions,
  servers: NodeJS.ProcessEnv,
): Promise<Figures> {
  const testbed = await openTestbed({ on, fronts: workload.fronts }, { servers });
  const reconciliation = new Reconciliation();
  try {
    await runRound(testbed, reconciliation, workload, { ...options, seconds: WARM_UP_SECONDS });
    const rounds: Round[] = [];
    for (let n = 0; n < options.rounds; n += 1) rounds.push(await runRound(testbed, reconciliation, workload, options));
    reconciliation.add(0, await unknownOutcomes(testbed));
    if (on === 'cluster') await testbed.startWorker();
    const stored = await testbed.ordersOf(reconciliation);
    const { ok, what } = reconciliation.verdict(stored);
    const offered = offeredIn(workload, WARM_UP_SECONDS) + options.rounds * offeredIn(workload, options.seconds);
    if (!ok || stored > offered) throw new Error(`${what}, ${offered} tickets`);
    return figuresOf(rounds);
  } finally {
    await testbed.close();
  }
}

/** Purchases refused as `unavailable` may have been stored: the front stopped waiting for their outcome. */
async function unknownOutcomes(testbed: Testbed): Promise<number> {
  const counts = await Promise.all(testbed.fronts.map(({ port }) => purchaseCounts(port)));
  return sumOf(counts, ({ byCode }) => byCode.unavailable ?? 0);
}

export interface Round {
  readonly soldPerSecond: number;
  readonly refusedPerSecond: number;
  readonly broken: number;
  readonly p99Ms: number;
  readonly memoryMb: number;
}

/** Medians, except for `broken`, which is a sum: a single bad round must show. */
export function figuresOf(rounds: readonly Round[]): Figures {
  const medianOf = (pick: (one: Round) => number) => median(rounds.map(pick));
  return {
    soldPerSecond: statsOf(rounds.map((one) => one.soldPerSecond)),
    refusedPerSecond: medianOf((one) => one.refusedPerSecond),
    broken: sumOf(rounds, (one) => one.broken),
    p99Ms: medianOf((one) => one.p99Ms),
    memoryMb: medianOf((one) => one.memoryMb),
  };
}

/** Each front gets an equal share of the connections. */
async function runRound(
  testbed: Testbed,
  reconciliation: Reconciliation,
  workload: Workload,
  { seconds, clients: [client = 'autocannon'] }: Pick<BenchOptions, 'seconds' | 'clients'>,
): Promise<Round> {
  const { fronts, connections, sales } = workload;
  const tickets = ticketsOf(workload, seconds);
  const ids: string[] = [];
  for (let n = 0; n < sales; n += 1) ids.push(await testbed.openSale(tickets));
  reconciliation.sales.push(...ids);
  const requests = interleaved(ids.map((id) => purchasesOf(id, { tokens: testbed.tokens, buyers: buyersOf(sales) })));
  const share = Math.ceil(connections / fronts);
  const results = await Promise.all(
    testbed.fronts.map(({ port }) => load(client, { port, connections: share, seconds, requests })),
  );
  // Broken requests may have been stored, too.
  for (const { accepted, broken } of results) reconciliation.add(accepted, share + broken);
  const memory = await Promise.all(testbed.fronts.map((front) => front.memoryMb()));
  return {
    soldPerSecond: sumOf(results, (one) => one.accepted / one.seconds),
    refusedPerSecond: sumOf(results, (one) => one.refused / one.seconds),
    broken: sumOf(results, (one) => one.broken),
    p99Ms: Math.max(...results.map(({ p99Ms }) => p99Ms)),
    memoryMb: Math.max(...memory),
  };
}

const sumOf = <T>(all: readonly T[], pick: (one: T) => number): number => all.reduce((sum, one) => sum + pick(one), 0);

/** Purchases are spread evenly over the sales, but not exactly. */
const SLACK = 1.1;

/** Tickets of each sale: unless their number is the axis, so many that none sells out. */
export const ticketsOf = ({ tickets, sales }: Pick<Workload, 'tickets' | 'sales'>, seconds: number): number =>
  tickets ?? Math.ceil((ticketsFor(seconds) * SLACK) / sales);

const offeredIn = (workload: Workload, seconds: number): number => workload.sales * ticketsOf(workload, seconds);

/** In total, whatever the number of sales. */
const REQUESTS = 20_000;
const buyersOf = (sales: number) => Math.ceil(REQUESTS / sales);

/** One of each list in turn, so that purchases go to all sales at the same time. */
function interleaved<T>(lists: readonly (readonly T[])[]): T[] {
  const [first = []] = lists;
  return first.flatMap((_, n) => lists.flatMap((list) => list.slice(n, n + 1)));
}
