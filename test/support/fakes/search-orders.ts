import type { Order } from '../../../src/domain/order.ts';
import type { OrderSearch } from '../../../src/ports/order-store.ts';

/** The orders that a search of the order store returns, of all orders. */
export function searchOrders(all: readonly Order[], search: OrderSearch): readonly Order[] {
  const { saleId, userId, order, after, limit } = search;
  const byTime = saleId !== undefined || userId !== undefined;
  const direction = order === 'oldest' ? 1 : -1;
  const compare = (a: Order, b: Order) =>
    direction * ((byTime ? a.reservedAt - b.reservedAt : 0) || (a.id < b.id ? -1 : Number(a.id > b.id)));
  const last = all.find(({ id }) => id === after);
  if (after !== undefined && byTime && last === undefined) return [];
  const isBehind = (one: Order) =>
    after === undefined || (last === undefined ? direction * (one.id < after ? -1 : 1) > 0 : compare(one, last) > 0);
  return all
    .filter((one) => matches(one, search) && isBehind(one))
    .sort(compare)
    .slice(0, limit);
}

function matches(
  one: Order,
  { saleId, userId, state, ticket, from = 0, to = Infinity, text = '' }: OrderSearch,
): boolean {
  return (
    (saleId === undefined || one.saleId === saleId) &&
    (userId === undefined || one.userId === userId) &&
    (state === undefined || one.state === state) &&
    (ticket === undefined || one.tickets.includes(ticket)) &&
    from <= one.reservedAt &&
    one.reservedAt < to &&
    (one.id.includes(text.toUpperCase()) || one.userId.toLowerCase().includes(text.toLowerCase()))
  );
}
