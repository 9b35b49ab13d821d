import { type Order, type OrderState, totalOf } from '../../src/domain/order.ts';

/** The states that an order may reach from each state: the rules that every order store is checked against. */
const TRANSITIONS: Readonly<Record<OrderState, readonly OrderState[]>> = {
  reserved: ['paid', 'cancelled', 'expired', 'rejected'],
  paid: [],
  cancelled: [],
  expired: [],
  rejected: [],
};

/** Whether an order in this state holds its ticket. */
export function isLive(state: OrderState): boolean {
  return state === 'reserved' || state === 'paid';
}

export function mayBecome(from: OrderState, to: OrderState): boolean {
  return TRANSITIONS[from].includes(to);
}

/** Whether it was paid, and its money and tickets were given back. */
export function isReturned(order: Order | undefined): boolean {
  return order?.state === 'cancelled' && order.paidAt !== undefined && order.refunded?.amount === totalOf(order).amount;
}
