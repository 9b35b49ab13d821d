import { setTimeout as delay } from 'node:timers/promises';
import type { Sale } from '../../src/domain/sale.ts';
import { startAdmin } from './admin.ts';
import { allEnded, liveIsRight, nonePending, readSale, untilEach } from './afterwards.ts';
import { auditOf } from './audit-command.ts';
import { type Buyers, startBuyers } from './buyers.ts';
import { LANES, type LaneName, OUTAGES } from './faults.ts';
import { heal } from './heal.ts';
import { Notebook } from './notebook.ts';
import { startRefunder } from './refunder.ts';
import type { Report } from './report.ts';
import { runLane } from './schedule.ts';
import { createTestbed, type Testbed } from './testbed.ts';
import { judge } from './verdict.ts';

export interface ChaosOptions {
  readonly seed: number;
  /** How long faults are injected; the start and the checks take about a minute more. */
  readonly seconds: number;
  /** How fast faults follow each other: 2 halves the pauses. @default 1 */
  readonly pace?: number;
  /** Names of faults that are not injected. */
  readonly without?: readonly string[];
  /** Keeps the programs' logs even if nothing is wrong. @default false */
  readonly keepLogs?: boolean;
  readonly log?: (line: string) => void;
}

/** Of every sale of a run. Unpaid orders expire soon, so that tickets are returned during the run, and some money comes late. */
const SALE = { perBuyerLimit: 4, payWithinSeconds: 12 } as const;
/** Half of the clicks ask for several tickets, and some of those for more than the buyer may still hold. */
const QUANTITIES = [1, 1, 1, 2, 3, 4] as const;
/** One sale that does not sell out, and small ones that do, one after another. */
const BIG = { id: 'flood', total: 100_000 } as const;
const SMALL_TOTAL = 120;
const SMALL_SECONDS = 20;
/** Share of the buyers who choose the small sale. */
const SMALL_SHARE = 0.5;
const BUYERS = 24;

/** Time before the first fault, so that there are orders to lose. */
const HEAD_START_MS = 4000;

/** The relay takes over a reservation after 15 s; the rest is room for recovery. */
const PENDING_EMPTY_WITHIN_MS = 30_000;
const CLEAR_ANSWER_WITHIN_MS = 60_000;
/** The last reservations have to expire; the rest takes seconds. */
const QUIET_WITHIN_MS = SALE.payWithinSeconds * 1000 + 60_000;
/** Workers check a sale 10 s after it became quiet, and rest 50 times as long as a check took. */
const LIVE_RIGHT_WITHIN_MS = 60_000;
/** A run at least this long has outages of a minute. */
const OUTAGES_FROM_SECONDS = 300;

/** A run on a cluster of its own, of real processes. Errors: Unsupported where servers can't run as processes. */
export async function runChaos(options: ChaosOptions): Promise<Report> {
  const { log = () => {}, keepLogs = false } = options;
  const bed = await createTestbed({ log });
  let broken = true;
  try {
    const report = await runOn(bed, options, log);
    broken = report.checks.some((check) => check.broken.length > 0);
    return report;
  } finally {
    await bed.stop({ keepLogs: keepLogs || broken });
  }
}

async function runOn(bed: Testbed, options: ChaosOptions, log: (line: string) => void): Promise<Report> {
  const { seed, seconds } = options;
  const sales = await publishAll(bed, seconds);
  await Promise.all(bed.programs.map((program) => program.start()));
  log(`${bed.programs.length} programs and ${sales.length} sales are up; logs in ${bed.folder}`);

  const startedAt = performance.now();
  const notebook = new Notebook();
  const buyers = startBuyers({
    port: bed.port,
    seed,
    count: BUYERS,
    tokenOf: (userId) => bed.workspace.tokenOf(userId),
    saleAt: (random) => {
      const small = sales[1 + Math.floor((performance.now() - startedAt) / 1000 / SMALL_SECONDS)] ?? sales[0];
      return ((random.chance(SMALL_SHARE) ? small : sales[0]) as Sale).id;
    },
    perBuyerLimit: SALE.perBuyerLimit,
    quantities: QUANTITIES,
    notebook,
  });
  const token = bed.workspace.tokenOf('admin', 'admin');
  const admin = startAdmin({ port: bed.port, seed, token, saleId: BIG.id, notebook });
  const refunder = startRefunder({ port: bed.port, seed, token, notebook });
  await delay(HEAD_START_MS);
  const struck = new Map<string, number>();
  await injectFaults(bed, options, startedAt, (fault) => {
    const passed = ((performance.now() - startedAt) / 1000).toFixed(1);
    log(`${passed} s, ${notebook.counted('201')} bought: ${fault}`);
    struck.set(fault, (struck.get(fault) ?? 0) + 1);
  });
  const longestDroughtMs = notebook.longestDroughtMs();
  await buyers.stop();
  log('the faults are over; restoring everything');
  await heal(bed);
  await Promise.all([admin.stop(), refunder.stop()]);

  const results = await settleAndCheck(bed, { sales, buyers, notebook, log });
  return {
    seed,
    seconds,
    struck,
    answers: notebook.answers,
    clicks: notebook.clicks,
    longestDroughtMs,
    logs: bed.folder,
    ...results,
  };
}

/** Runs all lanes at once, for the seconds of the run. */
async function injectFaults(
  bed: Testbed,
  { seed, seconds, pace = 1, without = [] }: ChaosOptions,
  startedAt: number,
  struck: (fault: string) => void,
): Promise<void> {
  const until = performance.now() + seconds * 1000;
  const lanes = Object.entries(LANES).map(([name, { faults, calmMs }]) => {
    const [least, most] = calmMs;
    return runLane(bed, {
      name,
      faults: faults.filter((fault) => !without.includes(fault.name)),
      outage: seconds >= OUTAGES_FROM_SECONDS ? OUTAGES[name as LaneName] : undefined,
      seed,
      startedAt,
      until,
      calmMs: [least / pace, most / pace],
      struck,
    });
  });
  await Promise.all(lanes);
}

interface RunToCheck {
  readonly sales: readonly Sale[];
  readonly buyers: Buyers;
  readonly notebook: Notebook;
  readonly log: (line: string) => void;
}

/** Waits until the cluster has recovered and every order has ended, then checks every promise. */
async function settleAndCheck(
  bed: Testbed,
  { sales, buyers, notebook, log }: RunToCheck,
): Promise<Pick<Report, 'orders' | 'pendingEmptyMs' | 'checks'>> {
  const opened = await bed.workspace.open();
  try {
    const { ports } = opened;
    const pending = await untilEach(sales, PENDING_EMPTY_WITHIN_MS, nonePending(ports));
    log(`pending is ${pending.wrong.length === 0 ? 'empty' : 'not empty'} after ${(pending.ms / 1000).toFixed(1)} s`);
    await buyers.settle(CLEAR_ANSWER_WITHIN_MS);
    const quiet = await untilEach(sales, QUIET_WITHIN_MS, allEnded(ports, bed.group));
    const live = await untilEach(sales, LIVE_RIGHT_WITHIN_MS, liveIsRight(ports));
    const afterwards = await Promise.all(sales.map((sale) => readSale(ports, sale)));
    const discrepancies: string[] = [];
    for (const { id } of sales) {
      const { ok, output } = await auditOf(id, bed.workspace.env);
      if (!ok) discrepancies.push(output);
    }
    return {
      orders: afterwards.flatMap(({ orders }) => orders),
      pendingEmptyMs: pending.ms,
      checks: [
        ...judge(afterwards, notebook),
        { promise: 'pending empty within 30 s after the last fault', broken: pending.wrong },
        { promise: 'every reservation ends', broken: quiet.wrong },
        { promise: 'the live state becomes what the log has', broken: live.wrong },
        { promise: '`floodgate audit` finds no discrepancy', broken: discrepancies },
        { promise: 'no program ends by itself', broken: bed.deaths },
      ],
    };
  } finally {
    await opened.close();
  }
}

async function publishAll({ workspace }: Testbed, seconds: number): Promise<readonly Sale[]> {
  const small = Array.from({ length: Math.ceil(seconds / SMALL_SECONDS) }, (_, n) => ({
    id: `drop-${n + 1}`,
    total: SMALL_TOTAL,
  }));
  const sales: Sale[] = [];
  for (const sale of [BIG, ...small]) sales.push(await workspace.publish({ ...sale, ...SALE }));
  return sales;
}
