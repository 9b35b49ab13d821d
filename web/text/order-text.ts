import type { OrderJson } from '../../src/client/index.ts';
import { moneyText } from './format.ts';

const STATES = {
  paid: 'Paid. See you there.',
  cancelled: 'Cancelled.',
  expired: 'Not paid in time.',
  rejected: 'We could not complete this order.',
} as const;

/** What became of an order; empty while it can be paid. */
export function orderText(order: OrderJson): string {
  const { state, quantity, total, refunded, rebookedAs } = order;
  if (state === 'reserved') return '';
  if (rebookedAs !== undefined) {
    return `Your payment came after your time was over. It has bought other tickets for you: see order ${rebookedAs}.`;
  }
  const back = refunded === undefined ? '' : moneyText(refunded);
  if (state === 'paid') {
    if (back === '') return STATES.paid;
    return refunded?.amount === total.amount
      ? `All of it, ${back}, is given back to you.`
      : `Paid. ${back} of it is given back to you.`;
  }
  if (back !== '') {
    const came = state === 'cancelled' ? '' : ' Your payment came later.';
    return `${STATES[state]}${came} ${back} is given back to you.`;
  }
  if (state === 'rejected') return `${STATES.rejected} You were not charged.`;
  return `${STATES[state]} ${quantity === 1 ? 'The ticket is' : 'The tickets are'} back on sale.`;
}
