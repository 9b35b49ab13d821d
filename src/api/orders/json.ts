import { type Order, totalOf } from '../../domain/order.ts';
import { serialiser } from '../http/json.ts';
import { pageOf } from '../http/page.ts';
import { createTimeText } from '../http/time-text.ts';
import { type OrderJson, OrderPageSchema, OrderSchema } from './schema.ts';

const reservedAtText = createTimeText();
const payByText = createTimeText();
const paidAtText = createTimeText();
const endedAtText = createTimeText();
const heldUntilText = createTimeText();

const writeOrder = serialiser(OrderSchema);
const writePage = serialiser(OrderPageSchema);

export function toOrderJson(order: Order): OrderJson {
  const json: OrderJson = {
    id: order.id,
    saleId: order.saleId,
    productId: order.productId,
    userId: order.userId,
    tickets: [...order.tickets],
    quantity: order.tickets.length,
    price: order.price,
    total: totalOf(order),
    state: order.state,
    reservedAt: reservedAtText(order.reservedAt),
    payBy: payByText(order.payBy),
  };
  if (order.paidAt !== undefined) json.paidAt = paidAtText(order.paidAt);
  if (order.endedAt !== undefined) json.endedAt = endedAtText(order.endedAt);
  if (order.heldUntil !== undefined) json.heldUntil = heldUntilText(order.heldUntil);
  if (order.refunded !== undefined) json.refunded = order.refunded;
  if (order.rebookedAs !== undefined) json.rebookedAs = order.rebookedAs;
  if (order.rebookOf !== undefined) json.rebookOf = order.rebookOf;
  return json;
}

/** The same order always gives the same bytes; a replayed purchase relies on it. */
export function serialiseOrder(order: Order): string {
  return writeOrder(toOrderJson(order));
}

/** `next` is the id of the page's last order when more may follow. */
export function serialiseOrderPage(items: readonly Order[], next: string | undefined): string {
  return writePage(pageOf(items.map(toOrderJson), next));
}
