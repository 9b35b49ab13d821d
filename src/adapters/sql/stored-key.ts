import type { OrderState } from '../../domain/order.ts';
import { isOwnKey, ownKey } from '../../domain/purchase.ts';

/**
 * What `orders.idem_key` has, and the embedded queue's `key`: NULL where the purchase had no key of its own making and goes by its order's. It says nothing
 * that the id does not, and would be a third of each entry of their indexes.
 */
export function storedKey(key: string, orderId: string): string | null {
  return isOwnKey(key, orderId) ? null : key;
}

/** The key of a stored order; null for a rejected one, which lost it. */
export function keyOfStored(stored: string | null, orderId: string, state: OrderState): string | null {
  return stored ?? (state === 'rejected' ? null : ownKey(orderId));
}
