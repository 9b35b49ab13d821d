import { MAX_QUANTITY, type Order } from './order.ts';
import type { Sale } from './sale.ts';

/** Tickets that the queue has assigned to an order. */
export interface Reservation {
  readonly orderId: string;
  readonly userId: string;
  /** See Order. */
  readonly tickets: readonly number[];
  /** When the tickets were taken, by the queue's clock, milliseconds since 1970. */
  readonly reservedAt: number;
}

const FINGERPRINTS: readonly string[] = Array.from({ length: MAX_QUANTITY + 1 }, (_, quantity) =>
  quantity === 1 ? '{}' : `{"quantity":${quantity}}`,
);

/** Stands for the content of a purchase request. The same key with another fingerprint is a mismatch. */
export function fingerprintOf(quantity: number): string {
  return FINGERPRINTS[quantity] as string;
}

const OWN_KEY = 'o:';

/** The key of a purchase without an Idempotency-Key: it is made of the order's id, and so is unique. */
export function ownKey(orderId: string): string {
  return OWN_KEY + orderId;
}

/** The key of the purchase that late money makes instead of an order that had ended: one for each such order. */
export function rebookKey(endedOrderId: string): string {
  return `p:${endedOrderId}`;
}

/** Whether the key is the {@link ownKey} of this order; without an allocation. */
export function isOwnKey(key: string, orderId: string): boolean {
  return key.length === OWN_KEY.length + orderId.length && key.startsWith(OWN_KEY) && key.endsWith(orderId);
}

/** The outcome of a purchase. All that a buyer may be answered is a value; only faults are thrown. */
export type PurchaseOutcome =
  | { readonly kind: 'reserved'; readonly order: Order }
  /** The Idempotency-Key was used before, for this order. */
  | { readonly kind: 'replayed'; readonly order: Order }
  | { readonly kind: 'soldOut' }
  /** Fewer tickets are left than were asked for, but some: `remaining`, 1 or more. */
  | { readonly kind: 'notEnoughLeft'; readonly remaining: number }
  | { readonly kind: 'limitReached'; readonly orderIds: readonly string[] }
  | { readonly kind: 'notStarted'; readonly opensAt: number }
  | { readonly kind: 'paused' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'closed' }
  /** It is over for good: not even a repetition of an earlier purchase is answered any more. */
  | { readonly kind: 'archived' }
  | { readonly kind: 'keyMismatch' }
  /** More tickets than the sale sells to one buyer: `most`. */
  | { readonly kind: 'tooManyTickets'; readonly most: number }
  /** The buyer has used all `limit` attempts of this minute in this sale; the next minute begins in `resetMs`. */
  | { readonly kind: 'tooManyAttempts'; readonly limit: number; readonly resetMs: number }
  /** Too many of the buyer's orders in this sale have ended. */
  | { readonly kind: 'tooManyOrders' }
  /** No such sale, or one that is not public yet. */
  | { readonly kind: 'unknownSale' }
  /** Too many purchases are waiting; no ticket was taken. */
  | { readonly kind: 'overloaded' }
  /** The result is unknown: the order may exist. A retry with the same key is safe. */
  | { readonly kind: 'unavailable' }
  /** The ticket queue is being rebuilt. */
  | { readonly kind: 'recovering' }
  /** This process is shutting down. */
  | { readonly kind: 'draining' };

/**
 * The order as of its reservation. It depends only on the reservation and on the immutable part of a published sale, so
 * that a replay returns the same bytes at any later time, without storing them.
 */
export function reservedOrder(sale: Sale, reservation: Reservation): Order {
  return {
    id: reservation.orderId,
    saleId: sale.id,
    productId: sale.productId,
    userId: reservation.userId,
    tickets: reservation.tickets,
    price: sale.price,
    state: 'reserved',
    reservedAt: reservation.reservedAt,
    payBy: reservation.reservedAt + sale.payWithinSeconds * 1000,
  };
}
