import type { Order } from './order.ts';
import type { Sale } from './sale.ts';

/** A ticket that the queue has given to an order. */
export interface Reservation {
  readonly orderId: string;
  readonly userId: string;
  /** 1 to the sale's total. */
  readonly ticket: number;
  /** The queue's clock when the ticket was taken, milliseconds since 1970. */
  readonly reservedAt: number;
}

/** All that a purchase asks for; one day a quantity or a seat. The same key with another one is a mismatch. */
export const PURCHASE_FINGERPRINT = '{}';

const OWN_KEY = 'o:';

/** What a purchase without an Idempotency-Key has for a key: its order's, which nobody else can have. */
export function ownKey(orderId: string): string {
  return OWN_KEY + orderId;
}

/** Whether it is what {@link ownKey} makes of this order; without making it. */
export function isOwnKey(key: string, orderId: string): boolean {
  return key.length === OWN_KEY.length + orderId.length && key.startsWith(OWN_KEY) && key.endsWith(orderId);
}

/** What a purchase came to. Only faults are thrown; everything a buyer may be told is one of these. */
export type PurchaseOutcome =
  | { readonly kind: 'reserved'; readonly order: Order }
  /** The same Idempotency-Key was answered before, with this very order. */
  | { readonly kind: 'replayed'; readonly order: Order }
  | { readonly kind: 'soldOut' }
  | { readonly kind: 'limitReached'; readonly orderIds: readonly string[] }
  | { readonly kind: 'notStarted'; readonly opensAt: number }
  | { readonly kind: 'ended' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'keyMismatch' }
  /** The buyer has tried `limit` times in this minute of the sale, and may again in `resetMs` milliseconds. */
  | { readonly kind: 'tooManyAttempts'; readonly limit: number; readonly resetMs: number }
  /** No such sale, or one that buyers may not see yet. */
  | { readonly kind: 'unknownSale' }
  /** Refused before a ticket was touched: too much is waiting. */
  | { readonly kind: 'overloaded' }
  /** Unknown: the order may exist. Retrying with the same key is safe. */
  | { readonly kind: 'unavailable' }
  /** The ticket queue is being rebuilt. */
  | { readonly kind: 'recovering' }
  /** This process is shutting down. */
  | { readonly kind: 'draining' };

/**
 * The order exactly as it was the moment it was reserved. It follows from the reservation and from what
 * never changes in a published sale, so a replay years later gives the same bytes without storing them.
 */
export function reservedOrder(sale: Sale, reservation: Reservation): Order {
  return {
    id: reservation.orderId,
    saleId: sale.id,
    productId: sale.productId,
    userId: reservation.userId,
    ticket: reservation.ticket,
    price: sale.price,
    state: 'reserved',
    reservedAt: reservation.reservedAt,
    payBy: reservation.reservedAt + sale.payWithinSeconds * 1000,
  };
}
