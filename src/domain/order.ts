import type { Money } from './money.ts';

export type OrderState = 'reserved' | 'paid' | 'cancelled' | 'expired' | 'rejected';

export const ORDER_STATES = [
  'reserved',
  'paid',
  'cancelled',
  'expired',
  'rejected',
] as const satisfies readonly OrderState[];

/** Where an order may go from each state. `paid` is final: refunds happen outside of the order's life. */
export const TRANSITIONS: Readonly<Record<OrderState, readonly OrderState[]>> = {
  reserved: ['paid', 'cancelled', 'expired', 'rejected'],
  paid: [],
  cancelled: [],
  expired: [],
  rejected: [],
};

/** A live order holds its ticket: no other live order of the sale may have the same one. */
export function isLive(state: OrderState): boolean {
  return state === 'reserved' || state === 'paid';
}

export function mayBecome(from: OrderState, to: OrderState): boolean {
  return TRANSITIONS[from].includes(to);
}

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
  readonly payBy: number;
  readonly paidAt?: number;
  /** When it was cancelled, expired or rejected. */
  readonly endedAt?: number;
}
