import { from, lastValueFrom, mergeMap, toArray } from 'rxjs';
import type { Order } from '../../domain/order.ts';
import type { Job } from '../../ports/jobs.ts';
import type { JobOptions, JobPorts } from './contract.ts';

/** What became of the orders of a batch. */
export interface Handled {
  readonly done: number;
  readonly skipped: number;
  /** Minor units. */
  readonly givenBack: number;
}

type Ports = Pick<JobPorts, 'store' | 'events' | 'clock'>;

/**
 * Handles the orders of a job's batch; repeated, by this process or another one, it changes nothing and counts the same, except
 * that orders cancelled by their buyers meanwhile count as cancelled. Errors: those of the store; then some of them may have
 * been handled.
 */
export function handleBatch(job: Job, ports: Ports, options: Pick<JobOptions, 'refundsAtOnce'>): Promise<Handled> {
  return job.kind === 'refund' ? refundBatch(job, ports, options) : cancelBatch(job, ports);
}

/** The id of a job's refund of an order: the same each time, so that the order is refunded once. */
export function refundIdOf(jobId: string, orderId: string): string {
  return `${jobId}-${orderId}`;
}

interface Refunded {
  readonly order?: Order;
  readonly givenBack: number;
  readonly fault?: unknown;
}

async function refundBatch(
  { id, batch, returnTickets, reason, by }: Job,
  { store, events, clock }: Ports,
  { refundsAtOnce }: Pick<JobOptions, 'refundsAtOnce'>,
): Promise<Handled> {
  const refundOne = async (orderId: string): Promise<Refunded> => {
    try {
      const refund = { id: refundIdOf(id, orderId), orderId, returnTickets, reason, by, at: clock.now() };
      const result = await store.refund(refund);
      // By this call or an earlier one, which could not be recorded.
      if (result.kind === 'refunded') return { order: result.order, givenBack: result.refund.amount.amount };
      return { givenBack: 0 };
    } catch (fault) {
      // The others are not left behind in flight: the batch is handled again as a whole.
      return { givenBack: 0, fault };
    }
  };
  const all = await lastValueFrom(from(batch).pipe(mergeMap(refundOne, refundsAtOnce), toArray()));
  const orders = all.flatMap(({ order }) => order ?? []);
  // The money is given back, and the tickets are returned, by the housekeeping: both are owed from that transaction on.
  if (orders.length > 0) events.publish({ type: 'orders', orders });
  const failed = all.find(({ fault }) => fault !== undefined);
  if (failed !== undefined) throw failed.fault;
  const givenBack = all.reduce((sum, one) => sum + one.givenBack, 0);
  return { done: orders.length, skipped: batch.length - orders.length, givenBack };
}

async function cancelBatch({ batch }: Job, { store, events, clock }: Ports): Promise<Handled> {
  if (batch.length === 0) return { done: 0, skipped: 0, givenBack: 0 };
  const moved = await store.transition('cancelled', batch, clock.now());
  // Their tickets are owed to the queue from that transaction on: the housekeeping returns them.
  if (moved.length > 0) events.publish({ type: 'orders', orders: moved });
  const ids = new Set(moved.map(({ id }) => id));
  let done = moved.length;
  for (const orderId of batch.filter((id) => !ids.has(id))) {
    // They were reserved when the batch was chosen: this job has cancelled them, or their buyers have.
    if ((await store.order(orderId))?.state === 'cancelled') done += 1;
  }
  return { done, skipped: batch.length - done, givenBack: 0 };
}
