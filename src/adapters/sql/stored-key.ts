import type { OrderState } from '../../domain/order.ts';
import { isOwnKey, ownKey } from '../../domain/purchase.ts';

/**
 * The value of `orders.idem_key`, and of `key` in the embedded queue: NULL if the key is derived from the order id. Storing
 * it would only make each entry of their indexes a third longer.
 */
export function storedKey(key: string, orderId: string): string | null {
  return isOwnKey(key, orderId) ? null : key;
}

/** The key of a stored order; null for a rejected one, which has none. */
export function keyOfStored(stored: string | null, orderId: string, state: OrderState): string | null {
  return stored ?? (state === 'rejected' ? null : ownKey(orderId));
}
