import { jobIdOf } from '../../src/domain/ids.ts';
import { type Order, totalOf } from '../../src/domain/order.ts';
import type { BusEvent } from '../../src/ports/event-bus.ts';
import type { Job, NewJob } from '../../src/ports/jobs.ts';
import type { JobOptions } from '../../src/streams/jobs/contract.ts';
import { ManualClock } from './fakes/manual-clock.ts';
import { MemoryJobs } from './fakes/memory-jobs.ts';
import { MemoryOrderStore } from './fakes/memory-order-store.ts';
import { newOrder } from './orders.ts';

export const JOB_OPTIONS: JobOptions = {
  batchSize: 2,
  refundsAtOnce: 1,
  pauseFactor: 0,
  maxPauseMs: 100,
  faultPauseMs: 4,
};

/** The start of a ManualClock, after which nothing was reserved. */
const CREATED_AT = new ManualClock().now();

let jobs = 0;

/** A job of the sale `s` unless the parts say otherwise. */
export function aJob(parts: Partial<NewJob> = {}): NewJob {
  jobs += 1;
  const kind = parts.kind ?? 'refund';
  const givenBack = { amount: 0, currency: 'USD' };
  return {
    id: jobIdOf(CREATED_AT + jobs, () => 0),
    kind,
    saleId: 's',
    reason: 'rain',
    returnTickets: false,
    by: 'boss',
    createdAt: CREATED_AT,
    progress: { total: 0, done: 0, skipped: 0, ...(kind === 'refund' ? { givenBack } : {}) },
    ...parts,
  };
}

/** Jobs and stored orders in memory. */
export function jobsRig(clock = new ManualClock()) {
  const [store, jobs] = [new MemoryOrderStore(), new MemoryJobs()];
  const published: BusEvent[] = [];
  let tickets = 0;
  let payments = 0;

  /** Reserved orders, one for each letter, which is its id. */
  const add = (letters: string, parts: Partial<Order> = {}): readonly Order[] => {
    const orders = [...letters].map((id) => {
      tickets += 1;
      return newOrder({ id, saleId: 's', tickets: [tickets], ...parts });
    });
    void store.store({ group: 'test', positions: [], orders });
    return orders.map(({ order }) => order);
  };
  const pay = async (order: Order): Promise<void> => {
    payments += 1;
    const [eventId, paymentId] = [`evt-${payments}`, `pay-${payments}`];
    await store.capture({ eventId, paymentId, orderId: order.id, amount: totalOf(order), at: clock.now() });
  };
  return {
    store,
    jobs,
    clock,
    published,
    events: { publish: (event: BusEvent) => void published.push(event) },
    reserve: async (letters: string, parts?: Partial<Order>) => add(letters, parts),
    pay,
    /** They are paid when it returns, before its promise is fulfilled. */
    paid: async (letters: string, parts?: Partial<Order>): Promise<void> => {
      await Promise.all(add(letters, parts).map(pay));
    },
    create: async (parts: Partial<NewJob> = {}): Promise<Job> => {
      const created = await jobs.create(aJob(parts));
      if (created.kind !== 'created') throw new Error(created.kind);
      return created.job;
    },
    /** All refunds of these orders. */
    refundsOf: async (letters: string) => (await Promise.all([...letters].map((id) => store.refundsOf(id)))).flat(),
  };
}
