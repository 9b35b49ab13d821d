import { groupBy } from '../../domain/group-by.ts';
import type { Order } from '../../domain/order.ts';

/** The value of `orders.more_tickets`: an order's tickets but the lowest one. NULL if it has one ticket only. */
export function moreTickets(tickets: readonly number[]): string | null {
  return tickets.length === 1 ? null : tickets.slice(1).join();
}

/** The tickets of a stored order. */
export function ticketsOf(lowest: number, more: string | null): readonly number[] {
  return more === null ? [lowest] : [lowest, ...ticketsOfText(more)];
}

/** The tickets of a column that has them joined by commas. */
export function ticketsOfText(text: string | null): readonly number[] {
  return text === null ? [] : text.split(',').map(Number);
}

/** The tickets of orders, by sale: a statement for each sale finds them along the key of their table, in either dialect. */
export function ticketsBySale(
  orders: readonly Pick<Order, 'saleId' | 'tickets'>[],
): readonly (readonly [saleId: string, tickets: readonly number[]])[] {
  const sales = groupBy(orders, ({ saleId }) => saleId);
  return Array.from(sales, ([saleId, own]) => [saleId, own.flatMap(({ tickets }) => tickets)] as const);
}
