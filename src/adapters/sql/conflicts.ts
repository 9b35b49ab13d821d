import { isOwnKey } from '../../domain/purchase.ts';
import type { NewOrder } from '../../ports/order-store.ts';

/**
 * Whether two orders of a batch want the same ticket, or are of the same buyer and key. Only then does it matter which
 * one comes first, and such a batch is stored row by row: what a loser did not get may be taken by a later one, and
 * nobody could tell afterwards to what it lost. It is the rarest of batches: the queue gives no ticket twice.
 */
export function hasRivals(orders: readonly NewOrder[]): boolean {
  const tickets = new Map<string, Set<number>>();
  const keys = new Set<string>();
  for (const { order, key } of orders) {
    const ofSale = tickets.get(order.saleId) ?? new Set<number>();
    if (ofSale.has(order.ticket)) return true;
    tickets.set(order.saleId, ofSale.add(order.ticket));
    // Nobody else can want an order's own.
    if (isOwnKey(key, order.id)) continue;
    // No id contains NUL, see assertStorable.
    const wanted = `${order.saleId}\0${order.userId}\0${key}`;
    if (keys.has(wanted)) return true;
    keys.add(wanted);
  }
  return false;
}
