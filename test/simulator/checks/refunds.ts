import type { History } from '../actors/history.ts';
import { REFUND_REASON } from '../roles/front.ts';
import type { DataCenter } from '../servers/data-center.ts';
import type { Report } from './report.ts';

/** Admins know what is given back of each order, and the order shows it, with what jobs gave back. */
export async function checkRefunds({ store }: DataCenter, { refunds }: History, report: Report): Promise<void> {
  const told = new Map<string, number>();
  for (const { orderId, amount } of refunds) told.set(orderId, (told.get(orderId) ?? 0) + amount);
  for (const { id, paidAt, refunded } of store.all()) {
    if (paidAt === undefined) continue;
    let [all, asked] = [0, 0];
    for (const { amount, reason } of await store.refundsOf(id)) {
      all += amount.amount;
      if (reason === REFUND_REASON) asked += amount.amount;
    }
    if (asked !== (told.get(id) ?? 0)) report(`of ${id} ${asked} are given back, but admins were told ${told.get(id)}`);
    if (all !== (refunded?.amount ?? 0)) report(`of ${id} ${all} are given back, but it shows ${refunded?.amount}`);
  }
}
