import type { Order } from '../../domain/order.ts';
import { serialiser } from '../http/serialise.ts';
import { createTimeText } from '../http/time-text.ts';
import { type OrderJson, OrderPageSchema, OrderSchema } from './schema.ts';

const reservedAtText = createTimeText();
const payByText = createTimeText();
const paidAtText = createTimeText();
const endedAtText = createTimeText();

const writeOrder = serialiser(OrderSchema);
const writePage = serialiser(OrderPageSchema);

export const JSON_TYPE = 'application/json';

export function toOrderJson(order: Order): OrderJson {
  const json: OrderJson = {
    id: order.id,
    saleId: order.saleId,
    productId: order.productId,
    userId: order.userId,
    ticket: order.ticket,
    price: order.price,
    state: order.state,
    reservedAt: reservedAtText(order.reservedAt),
    payBy: payByText(order.payBy),
  };
  if (order.paidAt !== undefined) json.paidAt = paidAtText(order.paidAt);
  if (order.endedAt !== undefined) json.endedAt = endedAtText(order.endedAt);
  return json;
}

/** The same order gives the same bytes, always: a replayed purchase relies on it. */
export function serialiseOrder(order: Order): string {
  return writeOrder(toOrderJson(order));
}

export function serialiseOrderPage(items: readonly Order[], nextCursor: string | undefined): string {
  return writePage({ items: items.map(toOrderJson), ...(nextCursor === undefined ? {} : { nextCursor }) });
}
