import { lastValueFrom, of, toArray } from 'rxjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { Fault } from '../../../src/domain/errors.ts';
import { jobIdOf } from '../../../src/domain/ids.ts';
import { type Order, totalOf } from '../../../src/domain/order.ts';
import type { Job, JobKind, Jobs } from '../../../src/ports/jobs.ts';
import type { OrderStore } from '../../../src/ports/order-store.ts';
import { jobDefaults, runJobs } from '../../../src/streams/jobs/run-jobs.ts';
import { newOrder } from '../../support/orders.ts';

/** The stores as one process has them. */
interface Stores {
  readonly jobs: Jobs;
  readonly store: OrderStore;
}

export interface RunningHarness {
  readonly processes: readonly [Stores, Stores];
  close(): Promise<void>;
}

const PAID = 120;
const RESERVED = 60;
const OPTIONS = { ...jobDefaults, batchSize: 16, pauseFactor: 0, faultPauseMs: 0 };

/** Jobs on a real order store, in two processes at once, of which many calls get no answer. `open` makes empty ones. */
export function runningJobsContract(name: string, open: () => Promise<RunningHarness>): void {
  describe(`running jobs: ${name}`, () => {
    let harness: RunningHarness;
    let orders: readonly Order[];

    beforeEach(async () => {
      harness = await open();
      const { store } = harness.processes[0];
      const fresh = Array.from({ length: PAID + RESERVED }, (_, n) =>
        newOrder({ saleId: 's', tickets: n % 2 === 0 ? [3 * n + 1] : [3 * n + 1, 3 * n + 2] }),
      );
      await store.store({ group: 'g', positions: [], orders: fresh });
      orders = fresh.map(({ order }) => order);
      for (const [n, order] of orders.slice(0, PAID).entries())
        await store.capture({ eventId: `e${n}`, paymentId: `p${n}`, orderId: order.id, amount: totalOf(order), at: 1 });
    });
    afterEach(async () => harness?.close());

    /** Runs a job to its end: in both processes, with a fault at every third call of each kind. */
    async function run(kind: JobKind, returnTickets: boolean): Promise<Job> {
      const [{ jobs }] = harness.processes;
      const at = systemClock.now();
      const givenBack = { amount: 0, currency: 'USD' };
      const created = await jobs.create({
        ...{
          id: jobIdOf(at, Math.random),
          kind,
          saleId: 's',
          reason: 'rain',
          returnTickets,
          by: 'boss',
          createdAt: at,
        },
        progress: { total: 0, done: 0, skipped: 0, ...(kind === 'refund' ? { givenBack } : {}) },
      });
      if (created.kind !== 'created') throw new Error(created.kind);
      const { id } = created.job;
      const unreliable = harness.processes.map(withLostAnswers);
      let faults = 0;
      for (;;) {
        const ticks = unreliable.map((ports) => lastValueFrom(runJobs(of(0), ports, OPTIONS).pipe(toArray())));
        faults += (await Promise.all(ticks)).flat().filter(({ fault }) => fault !== undefined).length;
        const job = (await jobs.job(id)) as Job;
        if (job.state !== 'done') continue;
        expect(faults).toBeGreaterThan(0);
        return job;
      }
    }

    test.each([false, true])('refund each order once, and count it once; tickets are returned: %s', async (returns) => {
      const { progress, id } = await run('refund', returns);
      const { store } = harness.processes[1];
      const paid = orders.slice(0, PAID);
      const refunds = (await Promise.all(orders.map((order) => store.refundsOf(order.id)))).flat();
      expect(refunds.map((refund) => [refund.id, refund.amount])).toEqual(
        paid.map((order) => [`${id}-${order.id}`, totalOf(order)]),
      );
      const amount = refunds.reduce((sum, refund) => sum + refund.amount.amount, 0);
      expect(progress).toEqual({ total: 0, done: PAID, skipped: 0, givenBack: { amount, currency: 'USD' } });
      expect(await store.money('s')).toMatchObject({ revenue: 0, captured: amount, givenBack: amount });
      expect(await store.owedTickets(1000)).toHaveLength(returns ? PAID : 0);
    });

    test('cancel each order once', async () => {
      const { progress } = await run('cancel', true);
      const { store } = harness.processes[1];
      expect(progress).toEqual({ total: 0, done: RESERVED, skipped: 0 });
      expect((await store.counts('s')).states).toMatchObject({ paid: PAID, reserved: 0, cancelled: RESERVED });
      expect(await store.owedTickets(1000)).toHaveLength(RESERVED);
    });
  });
}

/** A process whose calls that change something have, each third time, an effect but no answer. */
function withLostAnswers({ jobs, store }: Stores) {
  return {
    jobs: { nextRunning: jobs.nextRunning.bind(jobs), advance: lossy(jobs.advance.bind(jobs)) },
    store: {
      search: store.search.bind(store),
      order: store.order.bind(store),
      refund: lossy(store.refund.bind(store), 40),
      transition: lossy(store.transition.bind(store)),
    },
    events: { publish: () => {} },
    clock: systemClock,
  };
}

function lossy<Args extends readonly unknown[], Result>(
  call: (...args: Args) => Promise<Result>,
  every = 3,
): (...args: Args) => Promise<Result> {
  let calls = 0;
  return async (...args) => {
    calls += 1;
    const isLost = calls % every === 0;
    const result = await call(...args);
    if (isLost) throw new Fault('timeout', 'the answer was lost');
    return result;
  };
}
