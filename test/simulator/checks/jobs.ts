import { type Order, totalOf } from '../../../src/domain/order.ts';
import type { Job } from '../../../src/ports/jobs.ts';
import type { DataCenter } from '../servers/data-center.ts';
import type { Report } from './report.ts';

/** Jobs end, their figures are what they did, and what they did is all that they had to do. */
export async function checkJobs(center: DataCenter, skewMs: number, report: Report): Promise<void> {
  const orders = center.store.all();
  for (const job of await center.jobs.list({ limit: Number.MAX_SAFE_INTEGER })) {
    const { id, kind, saleId, state, progress } = job;
    if (state !== 'done') report(`the job ${id} is ${state}`);
    const own = orders.filter((order) => order.saleId === saleId);
    if (kind === 'refund') await checkRefunds(center, job, own, skewMs, report);
    const cancelled = own.filter((order) => order.state === 'cancelled').length;
    if (kind === 'cancel' && progress.done > cancelled)
      report(`the job ${id} has cancelled ${progress.done} orders, but only ${cancelled} are cancelled`);
  }
}

async function checkRefunds(
  center: DataCenter,
  { id, createdAt, progress }: Job,
  orders: readonly Order[],
  skewMs: number,
  report: Report,
): Promise<void> {
  let [done, givenBack] = [0, 0];
  for (const order of orders) {
    const refunds = (await center.store.refundsOf(order.id)).filter((refund) => refund.id.startsWith(id));
    if (refunds.length > 1) report(`the job ${id} has refunded ${order.id} ${refunds.length} times`);
    done += refunds.length;
    givenBack += refunds.reduce((sum, { amount }) => sum + amount.amount, 0);
    // Two clocks may have told the times. A payment that reaches the database behind the job's cursor is not the job's.
    const { reservedAt, refunded } = order;
    const paidSince = center.paidSince.get(order.id) ?? Number.POSITIVE_INFINITY;
    const isOld = Math.max(paidSince, reservedAt) + 2 * skewMs < createdAt;
    if (isOld && refunded?.amount !== totalOf(order).amount)
      report(`the job ${id} has not refunded ${order.id}, which was paid before`);
  }
  if (progress.done !== done || progress.givenBack?.amount !== givenBack) {
    const told = `${progress.done} orders and ${progress.givenBack?.amount}`;
    report(`the job ${id} has refunded ${done} orders and ${givenBack}, but its figures are ${told}`);
  }
}
