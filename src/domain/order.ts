import type { Money } from './money.ts';

/**
 * A reserved order becomes exactly one of the others, and stays that: refunds don't change its state. `reserved` and
 * `paid` orders are live, they hold their ticket, and no two live orders of a sale hold the same one. `rejected` is
 * set by the database alone.
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
  /** 1 to the sale's total. */
  readonly ticket: number;
  readonly price: Money;
  readonly state: OrderState;
  readonly reservedAt: number;
  /** The order expires unless it is paid by then. */
  readonly payBy: number;
  readonly paidAt?: number;
  /** When it was cancelled, expired or rejected. */
  readonly endedAt?: number;
}
