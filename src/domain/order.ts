import type { Money } from './money.ts';

/** The most tickets of one order, whatever its sale's limit is. */
export const MAX_QUANTITY = 20;

/**
 * A reserved order becomes exactly one of the others, and stays that, except that a refund of all that was paid may return the
 * tickets, which cancels the order. `reserved` and `paid` orders are live, they hold their tickets, and no two live orders
 * of a sale hold the same one. `rejected` is set by the database alone.
 */
export type OrderState = 'reserved' | 'paid' | 'cancelled' | 'expired' | 'rejected';

export const ORDER_STATES = [
  'reserved',
  'paid',
  'cancelled',
  'expired',
  'rejected',
] as const satisfies readonly OrderState[];

/** Times are milliseconds since 1970. */
export interface Order {
  readonly id: string;
  readonly saleId: string;
  readonly productId: string;
  readonly userId: string;
  /** One or more, different, ascending; each is 1 to the sale's total. They are paid, cancelled and expire together. */
  readonly tickets: readonly number[];
  /** The price of one ticket. */
  readonly price: Money;
  readonly state: OrderState;
  readonly reservedAt: number;
  /** The order expires unless it is paid by then. */
  readonly payBy: number;
  readonly paidAt?: number;
  /** When it was cancelled, expired or rejected. */
  readonly endedAt?: number;
  /** A payment has begun: until then, beyond `payBy`, a reserved order does not expire. */
  readonly heldUntil?: number;
  /** What was given back of its total, or will be. A paid order keeps its tickets until all is given back and they are returned. */
  readonly refunded?: Money;
  /** It had ended when its money came: the order that the money bought instead. */
  readonly rebookedAs?: string;
  /** It was bought by money that came too late for this order. */
  readonly rebookOf?: string;
}

/** Whether each is greater than the one before, so that no two are the same: as an order has its tickets. */
export function isAscending(tickets: readonly number[]): boolean {
  return tickets.every((ticket, n) => n === 0 || (tickets[n - 1] as number) < ticket);
}

/** What all tickets of an order cost together: the amount that has to be paid. */
export function totalOf({ tickets, price }: Pick<Order, 'tickets' | 'price'>): Money {
  return tickets.length === 1 ? price : { amount: price.amount * tickets.length, currency: price.currency };
}
