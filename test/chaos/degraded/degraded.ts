import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import type { Sale } from '../../../src/domain/sale.ts';
import { poll } from '../../../src/resilience/poll.ts';
import { nonePending, readSale, untilEach } from '../afterwards.ts';
import { auditOf } from '../audit-command.ts';
import { type Buyers, startBuyers } from '../buyers.ts';
import { heal } from '../heal.ts';
import { Notebook } from '../notebook.ts';
import { createTestbed, type Testbed, type TestbedOptions } from '../testbed.ts';
import { type Check, judge } from '../verdict.ts';
import { Answers } from './answers.ts';
import { startMonitor } from './monitor.ts';
import { PATIENCE_MS, startOnlookers } from './onlookers.ts';
import type { Outage } from './outages.ts';

export interface DegradedReport {
  readonly outage: Outage;
  readonly seconds: number;
  readonly answers: Answers;
  /** How often the breaker that has to open changed to open, and back to closed. */
  readonly opened: number;
  readonly closed: number;
  readonly readiness: readonly string[];
  /** Successful purchases during the outage. */
  readonly boughtMeanwhile: number;
  /** From the end of the outage until the first successful purchase was sent; undefined if there was none. */
  readonly soldAgainMs: number | undefined;
  readonly pendingEmptyMs: number;
  /** Longest stall of this process, by which measured times may be too long. */
  readonly stalledMs: number;
  readonly orders: number;
  readonly audit: string;
  /** The promises, with a line for each violation. */
  readonly checks: readonly Check[];
}

const TOTAL = 100_000;
const SALE = { total: TOTAL, perBuyerLimit: 2, payWithinSeconds: 900 } as const;
/** Buyers who pay or cancel, and buyers who only buy: the former wait while MySQL is unavailable. */
const CROWDS = [
  { seed: 1, count: 8 },
  { seed: 2, count: 8, intents: { pay: 0, cancel: 0 } },
] as const;

/** Orders before the outage, so that caches and connections are warm. */
const HEAD_START_SALES = 50;
/** A breaker tries twice a second and a client once; what takes longer is a backoff or a busy machine. */
const RECOVER_WITHIN_MS = 30_000;
const SETTLE_WITHIN_MS = 60_000;
const POLL_MS = 50;
const NS_PER_MS = 1_000_000;

/** One process of each role, so that the metrics of its front are those of all fronts. */
export const createDegradedBed = (options: Pick<TestbedOptions, 'log' | 'settings'>): Promise<Testbed> =>
  createTestbed({ ...options, programs: 1 });

/** Sells while one dependency is unavailable for so long, restores it, and checks every promise. */
export async function runDegraded(bed: Testbed, outage: Outage, seconds: number): Promise<DegradedReport> {
  const { port, workspace } = bed;
  const sale = await workspace.publish({ id: outage.name.replace(' ', '-'), ...SALE });
  const tokenOf = workspace.tokenOf;
  const stalls = monitorEventLoopDelay();
  stalls.enable();
  const notebook = new Notebook();
  const answers = new Answers();
  const crowds = CROWDS.map((crowd) =>
    startBuyers({
      ...crowd,
      port,
      tokenOf,
      saleAt: () => sale.id,
      perBuyerLimit: SALE.perBuyerLimit,
      notebook,
      patienceMs: PATIENCE_MS,
      answered: answers.add,
    }),
  );
  const stopOnlookers = startOnlookers({ port, saleId: sale.id, tokenOf, notebook, answers });
  await until(() => answers.count('purchase', 201) >= HEAD_START_SALES);
  const monitor = await startMonitor(port);
  const boughtBefore = answers.count('purchase', 201);
  const noticed = until(() => monitor.changes(outage.policy, 'open') > 0);
  await outage.strike(bed, seconds * 1000, noticed);
  const boughtMeanwhile = answers.count('purchase', 201) - boughtBefore;

  await heal(bed);
  const healedAt = performance.now();
  const sellsAgain = await until(() => answers.firstSaleSince(healedAt) !== undefined);
  const soldAgainMs = sellsAgain ? (answers.firstSaleSince(healedAt) as number) - healedAt : undefined;
  await until(() => monitor.notClosed().length === 0);
  const notClosed = monitor.notClosed();
  const orderRead = answers.count('order', 200);
  await until(() => answers.count('order', 200) > orderRead);
  await Promise.all(crowds.map((crowd) => crowd.stop()));
  await stopOnlookers();
  await monitor.stop();
  stalls.disable();

  const settled = await settle(bed, { sale, crowds, notebook });
  const { policy, sells } = outage;
  const breaker = { opened: monitor.changes(policy, 'open'), closed: monitor.changes(policy, 'closed') };
  const readiness = [...monitor.readiness];
  return {
    outage,
    seconds,
    answers,
    ...breaker,
    readiness,
    boughtMeanwhile,
    soldAgainMs,
    pendingEmptyMs: settled.pendingEmptyMs,
    stalledMs: stalls.max / NS_PER_MS,
    orders: notebook.clicks.filter(({ order }) => order !== undefined).length,
    audit: settled.audit,
    checks: [
      ...settled.checks,
      { promise: 'every answer is allowed', broken: answers.wrong },
      { promise: 'sales resume after the outage', broken: sellsAgain ? [] : ['nothing was bought any more'] },
      {
        promise: 'sales continue without the dependency',
        broken: sells && boughtMeanwhile === 0 ? ['nothing was bought'] : [],
      },
      { promise: 'the breaker opens', broken: breaker.opened > 0 ? [] : [`the breaker of ${policy} did not open`] },
      { promise: 'every breaker closes', broken: notClosed },
      { promise: 'readyz names the unavailable dependency', broken: named(policy, readiness) ? [] : readiness },
      {
        promise: 'a front that sells is ready',
        broken: sells ? readiness.filter((words) => !words.startsWith('200')) : [],
      },
    ],
  };
}

const until = (condition: () => boolean) =>
  poll(async () => condition(), {
    until: (isMet) => isMet,
    everyMs: POLL_MS,
    forMs: RECOVER_WITHIN_MS,
    clock: systemClock,
  });

interface Selling {
  readonly sale: Sale;
  readonly crowds: readonly Buyers[];
  readonly notebook: Notebook;
}

/** Waits until everything is stored, then compares the answers with the stores, and the stores with each other. */
async function settle(bed: Testbed, { sale, crowds, notebook }: Selling) {
  const { ports, close } = await bed.workspace.open();
  try {
    const pending = await untilEach([sale], RECOVER_WITHIN_MS, nonePending(ports));
    for (const crowd of crowds) await crowd.settle(SETTLE_WITHIN_MS);
    const check = async () => judge([await readSale(ports, sale)], notebook);
    // Workers store orders, and the payment provider sends its events, a moment after the buyer was answered.
    const settled = await untilEach([sale], SETTLE_WITHIN_MS, async () =>
      (await check()).every(({ broken }) => broken.length === 0) ? undefined : 'broken',
    );
    const audit = await auditOf(sale.id, bed.workspace.env);
    return {
      pendingEmptyMs: pending.ms,
      audit: audit.output,
      checks: [
        ...(settled.wrong.length === 0 ? [] : await check()),
        { promise: 'pending is empty', broken: pending.wrong },
        { promise: 'the audit finds no discrepancy', broken: audit.ok ? [] : [audit.output] },
        { promise: 'no program ends by itself', broken: bed.deaths },
      ],
    };
  } finally {
    await close();
  }
}

const named = (policy: string, readiness: readonly string[]) =>
  readiness.some((words) => new RegExp(`without .*\\b${policy}\\b`).test(words));

export const isSound = ({ checks }: DegradedReport): boolean => checks.every(({ broken }) => broken.length === 0);
