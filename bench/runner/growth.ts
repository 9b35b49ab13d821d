import { openSite, type Site, type SiteShape } from '../scenarios/parts/site.ts';
import { plenty } from '../scenarios/parts/tickets.ts';
import { load } from '../support/load.ts';
import { purchasesOf } from '../support/requests.ts';
import { median } from '../support/spread.ts';
import type { BenchOptions } from './options.ts';
import { createProgress } from './progress.ts';
import type { GrowthResult, Report } from './report.ts';
import { failureOf } from './run-scenarios.ts';

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
  /** Of each sale; as many as can be sold without it. */
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

const WARM_UP_SECONDS = 1;

/** Answers a second, sold or refused, as one thing after the other grows. */
export async function runGrowth(
  options: BenchOptions,
  servers: NodeJS.ProcessEnv,
): Promise<Pick<Report, 'growth'> & { readonly failures: readonly string[] }> {
  const chosen = AXES.filter(
    ({ axis }) => options.names.length === 0 || options.names.includes(axis.split(' ')[0] ?? ''),
  );
  const steps = chosen.flatMap((axis) => axis.sizes.map((size) => ({ ...axis, size })));
  const progress = createProgress(steps.length);
  const growth: GrowthResult[] = [];
  const failures: string[] = [];
  for (const { axis, on, size, work } of steps) {
    const name = `${size} ${axis}, ${on}`;
    progress.next(name);
    progress.step(`${options.rounds} rounds`);
    try {
      const figures = await grown({ on, fronts: work(size).fronts }, work(size), options, servers);
      growth.push({ axis, on, size, ...figures, date: new Date().toISOString() });
    } catch (error) {
      failures.push(failureOf(name, error, progress));
    }
  }
  progress.end();
  return { growth, failures };
}

/** The medians of rounds on a site of its own, after a warm-up. */
async function grown(shape: SiteShape, work: Work, options: BenchOptions, servers: NodeJS.ProcessEnv): Promise<Round> {
  const site = await openSite(shape, { servers });
  try {
    await round(site, work, { ...options, seconds: WARM_UP_SECONDS });
    const rounds: Round[] = [];
    for (let n = 0; n < options.rounds; n += 1) rounds.push(await round(site, work, options));
    const middle = (of: (one: Round) => number) => median(rounds.map(of));
    return {
      perSecond: middle((one) => one.perSecond),
      broken: middle((one) => one.broken),
      p99Ms: middle((one) => one.p99Ms),
      memoryMb: middle((one) => one.memoryMb),
    };
  } finally {
    await site.close();
  }
}

interface Round {
  readonly perSecond: number;
  readonly broken: number;
  readonly p99Ms: number;
  readonly memoryMb: number;
}

/** Each front has its share of the connections. */
async function round(site: Site, work: Work, { seconds, client }: BenchOptions): Promise<Round> {
  const { fronts, connections, sales, tickets = plenty(seconds) } = work;
  const ids: string[] = [];
  for (let n = 0; n < sales; n += 1) ids.push(await site.openSale(tickets));
  const requests = interleaved(ids.map((id) => purchasesOf(id, { tokens: site.tokens, buyers: buyersOf(sales) })));
  const share = Math.ceil(connections / fronts);
  const results = await Promise.all(
    site.fronts.map(({ port }) => load(client, { port, connections: share, seconds, requests })),
  );
  const memory = await Promise.all(site.fronts.map((front) => front.memoryMb()));
  return {
    perSecond: results.reduce((sum, one) => sum + (one.accepted + one.refused) / one.seconds, 0),
    broken: results.reduce((sum, one) => sum + one.broken, 0),
    p99Ms: Math.max(...results.map(({ p99Ms }) => p99Ms)),
    memoryMb: Math.max(...memory),
  };
}

/** As many requests in all, however many sales there are. */
const REQUESTS = 20_000;
const buyersOf = (sales: number) => Math.ceil(REQUESTS / sales);

/** One of each list in turn, so that all sales are bought from at once. */
function interleaved<T>(lists: readonly (readonly T[])[]): T[] {
  const [first = []] = lists;
  return first.flatMap((_, n) => lists.flatMap((list) => list.slice(n, n + 1)));
}
