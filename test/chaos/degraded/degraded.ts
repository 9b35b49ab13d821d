import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { nonePending, readSale, untilEach } from '../afterwards.ts';
import { auditOf } from '../audit-command.ts';
import { startBuyers } from '../buyers.ts';
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
  /** Of the breaker that has to open: to open, and to closed again. */
  readonly opened: number;
  readonly closed: number;
  readonly readiness: readonly string[];
  /** Purchases bought while it lasted, and sent in it. */
  readonly boughtMeanwhile: number;
  /** From the healing until a purchase was sent that was bought; undefined if there was none. */
  readonly soldAgainMs: number | undefined;
  readonly pendingEmptyMs: number;
  /** The longest that this process itself stood still: answers may have been there so much sooner. */
  readonly stalledMs: number;
  readonly orders: number;
  readonly audit: string;
  /** What must hold; broken ones by lines that say where. */
  readonly checks: readonly Check[];
}

const TOTAL = 100_000;
const SALE = { total: TOTAL, perBuyerLimit: 2, payWithinSeconds: 900 } as const;
/** Those who pay or cancel what they have bought, and those who only buy: the former stand still while MySQL is away. */
const CROWDS = [
  { seed: 1, count: 8 },
  { seed: 2, count: 8, moods: { pay: 0, cancel: 0 } },
] as const;

/** Sold before the outage: nothing is cold. */
const HEAD_START_SALES = 50;
/** A breaker tries twice a second, and a client of a server once; all that is above is somebody's backoff, or a busy machine. */
const RECOVER_WITHIN_MS = 30_000;
const SETTLE_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;
const NS_PER_MS = 1_000_000;

/** One process of each role: its front's metrics are those of all. */
export const createDegradedBed = (options: Pick<TestbedOptions, 'log' | 'settings'>): Promise<Testbed> =>
  createTestbed({ ...options, programs: 1 });

/** Sells while one dependency is away for so long, heals it, and looks whether all is well. */
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
  const stopLooking = startOnlookers({ port, saleId: sale.id, tokenOf, notebook, answers });
  const until = (isSo: () => boolean) => eventually(isSo, RECOVER_WITHIN_MS);

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
  await stopLooking();
  await monitor.stop();
  stalls.disable();

  const opened = await workspace.open();
  try {
    const { ports } = opened;
    const pending = await untilEach([sale], RECOVER_WITHIN_MS, nonePending(ports));
    for (const crowd of crowds) await crowd.settle(SETTLE_WITHIN_MS);
    const look = async () => judge([await readSale(ports, sale)], notebook);
    // Workers store, and the provider tells, a moment after the buyer was answered.
    const settled = await untilEach([sale], SETTLE_WITHIN_MS, async () =>
      (await look()).every(({ broken }) => broken.length === 0) ? undefined : 'broken',
    );
    const audit = await auditOf(sale.id, workspace.env);
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
      pendingEmptyMs: pending.ms,
      stalledMs: stalls.max / NS_PER_MS,
      orders: notebook.clicks.filter(({ order }) => order !== undefined).length,
      audit: audit.told,
      checks: [
        ...(settled.wrong.length === 0 ? [] : await look()),
        { promise: 'every answer is one of those that are allowed', broken: answers.wrong },
        { promise: 'it sells again', broken: sellsAgain ? [] : ['nothing was bought any more'] },
        { promise: 'it sells on without it', broken: sells && boughtMeanwhile === 0 ? ['nothing was bought'] : [] },
        { promise: 'the breaker opens', broken: breaker.opened > 0 ? [] : [`that of ${policy} never did`] },
        { promise: 'every breaker closes', broken: notClosed },
        { promise: 'readyz names what is away', broken: named(policy, readiness) ? [] : readiness },
        {
          promise: 'a front that sells is ready',
          broken: sells ? readiness.filter((words) => !words.startsWith('200')) : [],
        },
        { promise: 'pending is empty', broken: pending.wrong },
        { promise: 'the audit finds no difference', broken: audit.ok ? [] : [audit.told] },
        { promise: 'no program ends by itself', broken: bed.deaths },
      ],
    };
  } finally {
    await opened.close();
  }
}

const named = (policy: string, readiness: readonly string[]) =>
  readiness.some((words) => new RegExp(`without .*\\b${policy}\\b`).test(words));

async function eventually(isSo: () => boolean, withinMs: number): Promise<boolean> {
  const giveUpAt = performance.now() + withinMs;
  while (!isSo()) {
    if (performance.now() > giveUpAt) return false;
    await delay(LOOK_EVERY_MS);
  }
  return true;
}

export const isSound = ({ checks }: DegradedReport): boolean => checks.every(({ broken }) => broken.length === 0);
