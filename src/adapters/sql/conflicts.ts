import { isOwnKey } from '../../domain/purchase.ts';
import type { NewOrder } from '../../ports/order-store.ts';

/**
 * Whether two orders of a batch have the same ticket, or the same buyer and key. Only such a batch is stored row by row,
 * because the order of its rows matters: what one row fails to get may go to a later one, and afterwards it could not be
 * determined which constraint was violated. It is very rare, since the queue assigns no ticket twice.
 */
export function hasConflicts(orders: readonly NewOrder[]): boolean {
  const tickets = new Map<string, Set<number>>();
  const keys = new Set<string>();
  for (const { order, key } of orders) {
    const ofSale = tickets.get(order.saleId) ?? new Set<number>();
    if (ofSale.has(order.ticket)) return true;
    tickets.set(order.saleId, ofSale.add(order.ticket));
    // A key that is derived from the order id is unique.
    if (isOwnKey(key, order.id)) continue;
    // No id contains NUL, see assertStorable.
    const wanted = `${order.saleId}\0${order.userId}\0${key}`;
    if (keys.has(wanted)) return true;
    keys.add(wanted);
  }
  return false;
}
