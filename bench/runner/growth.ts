import { Books } from '../scenarios/parts/books.ts';
import { openSite, type Site, type SiteShape } from '../scenarios/parts/site.ts';
import { plenty } from '../scenarios/parts/tickets.ts';
import { load } from '../support/load.ts';
import { purchaseCounts } from '../support/metrics.ts';
import { purchasesOf } from '../support/requests.ts';
import { median, spreadOf } from '../support/spread.ts';
import { commit } from './machine.ts';
import { WARM_UP_SECONDS } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { createProgress } from './progress.ts';
import type { GrowthResult, Report } from './report.ts';
import { failureOf } from './run-scenarios.ts';
import { UsageError } from './usage-error.ts';

/** One thing that grows, all else as it usually is. */
interface Axis {
  readonly axis: string;
  readonly on: SiteShape['on'];
  readonly sizes: readonly number[];
  readonly work: (size: number) => Work;
}

interface Work {
  readonly connections: number;
  /** On sale at once. */
  readonly sales: number;
  /** Of each sale. @default more than can be sold */
  readonly tickets?: number;
  readonly fronts: number;
}

const USUAL: Work = { connections: 128, sales: 1, fronts: 1 };

const BOTH = ['embedded', 'cluster'] as const;

const AXES: readonly Axis[] = [
  ...BOTH.flatMap((on): readonly Axis[] => [
    { axis: 'connections', on, sizes: [100, 1000, 10_000], work: (connections) => ({ ...USUAL, connections }) },
    { axis: 'sales at once', on, sizes: [1, 10, 100], work: (sales) => ({ ...USUAL, sales }) },
    { axis: 'tickets', on, sizes: [1, 1000, 1_000_000], work: (tickets) => ({ ...USUAL, tickets }) },
  ]),
  { axis: 'fronts', on: 'cluster', sizes: [1, 2, 3, 4], work: (fronts) => ({ ...USUAL, connections: 1024, fronts }) },
];

interface Step extends Axis {
  readonly size: number;
}

/** The steps of the axes of these names, all of none. Errors: {@link UsageError} for a name that none has. */
export function chooseSteps(names: readonly string[]): readonly Step[] {
  const nameOf = ({ axis }: Axis) => axis.split(' ')[0] ?? '';
  const known = new Set(AXES.map(nameOf));
  for (const name of names) {
    if (!known.has(name))
      throw new UsageError(`nothing that grows is called ${name}; there are ${[...known].join(', ')}`);
  }
  const chosen = AXES.filter((axis) => names.length === 0 || names.includes(nameOf(axis)));
  return chosen.flatMap((axis) => axis.sizes.map((size) => ({ ...axis, size })));
}

/** What is sold and refused a second, as one thing after the other grows. A step that fails, or whose check does, is named. */
export async function runGrowth(
  steps: readonly Step[],
  options: BenchOptions,
  servers: NodeJS.ProcessEnv,
): Promise<Pick<Report, 'growth'> & { readonly failures: readonly string[] }> {
  const { rounds, seconds } = options;
  const progress = createProgress(steps.length);
  const growth: GrowthResult[] = [];
  const failures: string[] = [];
  for (const { axis, on, size, work } of steps) {
    const name = `${size} ${axis}, ${on}`;
    progress.next(name);
    progress.step(`${rounds} rounds`);
    try {
      const figures = await grown(on, work(size), options, servers);
      growth.push({ axis, on, size, rounds, seconds, ...figures, date: new Date().toISOString(), commit: commit() });
    } catch (error) {
      failures.push(failureOf(name, error, progress));
    }
  }
  progress.end();
  return { growth, failures };
}

type Figures = Pick<GrowthResult, 'soldPerSecond' | 'refusedPerSecond' | 'broken' | 'p99Ms' | 'memoryMb'>;

/** Rounds on a site of its own, after a warm-up. Errors: Error when what is stored is not what was answered. */
async function grown(
  on: SiteShape['on'],
  work: Work,
  options: BenchOptions,
  servers: NodeJS.ProcessEnv,
): Promise<Figures> {
  const site = await openSite({ on, fronts: work.fronts }, { servers });
  const books = new Books();
  try {
    await round(site, books, work, { ...options, seconds: WARM_UP_SECONDS });
    const rounds: Round[] = [];
    for (let n = 0; n < options.rounds; n += 1) rounds.push(await round(site, books, work, options));
    books.add(0, await unknownOutcomes(site));
    if (on === 'cluster') await site.startWorker();
    const stored = await site.ordersOf(books);
    const { ok, what } = books.verdict(stored);
    const offered = offeredIn(work, WARM_UP_SECONDS) + options.rounds * offeredIn(work, options.seconds);
    if (!ok || stored > offered) throw new Error(`${what}, ${offered} tickets`);
    return figuresOf(rounds);
  } finally {
    await site.close();
  }
}

/** Purchases that were refused with a word that they may yet have been stored: the front gave up waiting. */
async function unknownOutcomes(site: Site): Promise<number> {
  const counts = await Promise.all(site.fronts.map(({ port }) => purchaseCounts(port)));
  return sumOf(counts, ({ byCode }) => byCode.unavailable ?? 0);
}

export interface Round {
  readonly soldPerSecond: number;
  readonly refusedPerSecond: number;
  readonly broken: number;
  readonly p99Ms: number;
  readonly memoryMb: number;
}

/** Medians, but of what broke all: a single bad round must show. */
export function figuresOf(rounds: readonly Round[]): Figures {
  const middle = (of: (one: Round) => number) => median(rounds.map(of));
  return {
    soldPerSecond: spreadOf(rounds.map((one) => one.soldPerSecond)),
    refusedPerSecond: middle((one) => one.refusedPerSecond),
    broken: sumOf(rounds, (one) => one.broken),
    p99Ms: middle((one) => one.p99Ms),
    memoryMb: middle((one) => one.memoryMb),
  };
}

/** Each front has its share of the connections. */
async function round(site: Site, books: Books, work: Work, { seconds, client }: RoundOptions): Promise<Round> {
  const { fronts, connections, sales } = work;
  const tickets = ticketsOf(work, seconds);
  const ids: string[] = [];
  for (let n = 0; n < sales; n += 1) ids.push(await site.openSale(tickets));
  books.sales.push(...ids);
  const requests = interleaved(ids.map((id) => purchasesOf(id, { tokens: site.tokens, buyers: buyersOf(sales) })));
  const share = Math.ceil(connections / fronts);
  const results = await Promise.all(
    site.fronts.map(({ port }) => load(client, { port, connections: share, seconds, requests })),
  );
  // What broke may have been stored too.
  for (const { accepted, broken } of results) books.add(accepted, share + broken);
  const memory = await Promise.all(site.fronts.map((front) => front.memoryMb()));
  return {
    soldPerSecond: sumOf(results, (one) => one.accepted / one.seconds),
    refusedPerSecond: sumOf(results, (one) => one.refused / one.seconds),
    broken: sumOf(results, (one) => one.broken),
    p99Ms: Math.max(...results.map(({ p99Ms }) => p99Ms)),
    memoryMb: Math.max(...memory),
  };
}

type RoundOptions = Pick<BenchOptions, 'seconds' | 'client'>;

const sumOf = <T>(all: readonly T[], of: (one: T) => number): number => all.reduce((sum, one) => sum + of(one), 0);

/** All sales are bought from alike, but not to the last ticket. */
const SLACK = 1.1;

/** Of each sale: where it isn't what grows, so many that none sells out. */
export const ticketsOf = ({ tickets, sales }: Pick<Work, 'tickets' | 'sales'>, seconds: number): number =>
  tickets ?? Math.ceil((plenty(seconds) * SLACK) / sales);

const offeredIn = (work: Work, seconds: number): number => work.sales * ticketsOf(work, seconds);

/** As many requests in all, however many sales there are. */
const REQUESTS = 20_000;
const buyersOf = (sales: number) => Math.ceil(REQUESTS / sales);

/** One of each list in turn, so that all sales are bought from at once. */
function interleaved<T>(lists: readonly (readonly T[])[]): T[] {
  const [first = []] = lists;
  return first.flatMap((_, n) => lists.flatMap((list) => list.slice(n, n + 1)));
}
