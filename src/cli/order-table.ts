import { type Order, totalOf } from '../domain/order.ts';
import type { Refund } from '../ports/order-payments.ts';

const ID_WIDTH = 14;
const STATE_WIDTH = 9;
const TIME_WIDTH = 24;
const TICKET_WIDTH = 8;
/** Most ids of sales and users; longer ones move what is behind them. */
const NAME_WIDTH = 20;

/** Rows for people; a user id or a sale id has no control characters. */
export const orderTable = {
  begin: line('ORDER', 'STATE', 'RESERVED', 'TICKETS', 'SALE', 'BUYER'),
  row: ({ id, state, reservedAt, tickets, saleId, userId }: Order): string =>
    line(id, state, timeText(reservedAt), tickets.join(','), saleId, userId),
};

/** An order with all that is known of it, a line each. */
export function describeOrder(order: Order): string {
  const { id, saleId, productId, userId, tickets, price, state, reservedAt, payBy, paidAt, endedAt } = order;
  const { heldUntil, refunded, rebookedAs, rebookOf } = order;
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['order', id],
    ['state', state],
    ['sale', saleId],
    ['product', productId],
    ['buyer', userId],
    ['tickets', tickets.join(', ')],
    ['price', `${price.amount} ${price.currency} (minor units)`],
    ['total', `${totalOf(order).amount} ${price.currency}`],
    ['reserved', timeText(reservedAt)],
    ['pay by', timeText(payBy)],
    ['paid', paidAt === undefined ? undefined : timeText(paidAt)],
    ['ended', endedAt === undefined ? undefined : timeText(endedAt)],
    ['held for', heldUntil === undefined ? undefined : `its payment, until ${timeText(heldUntil)}`],
    ['refunded', refunded === undefined ? undefined : `${refunded.amount} ${refunded.currency}`],
    ['instead', rebookedAs],
    ['late for', rebookOf],
  ];
  return linesOf(lines);
}

/** A refund, a line each. */
export function describeRefund({ id, orderId, amount, returnTickets, reason, by, refundedAt }: Refund): string {
  return linesOf([
    ['refund', id],
    ['order', orderId],
    ['amount', `${amount.amount} ${amount.currency} (minor units)`],
    ['tickets', returnTickets ? 'back on sale' : 'kept'],
    ['reason', reason],
    ['by', by],
    ['state', refundedAt === undefined ? 'pending: a scheduler asks the payment provider for it' : 'refunded'],
  ]);
}

function linesOf(lines: readonly (readonly [string, string | undefined])[]): string {
  return lines
    .map(([name, value]) => (value === undefined ? '' : `${name.padEnd('reserved'.length)}  ${value}\n`))
    .join('');
}

function line(id: string, state: string, reserved: string, ticket: string, sale: string, buyer: string): string {
  const cells = [
    id.padEnd(ID_WIDTH),
    state.padEnd(STATE_WIDTH),
    reserved.padEnd(TIME_WIDTH),
    ticket.padStart(TICKET_WIDTH),
    sale.padEnd(NAME_WIDTH),
    buyer,
  ];
  return `${cells.join('  ')}\n`;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
