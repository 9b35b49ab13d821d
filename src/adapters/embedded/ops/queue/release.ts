import type { ForfeitedOrder, StrandedReservation } from '../../../../ports/ticket-queue.ts';
import type { Db } from '../../database.ts';
import { writing } from '../op.ts';
import { isCounted, removeHoldings } from './holdings.ts';
import { removePending } from './pending.ts';
import { reservationsOf } from './reservations.ts';
import type { SaleRow } from './sale.ts';
import { saleRow } from './sale.ts';
import { FORFEITED } from './schema.ts';

export interface ReleaseArgs {
  readonly saleId: string;
  readonly orderIds: readonly string[];
}

/** Returns the orders that held tickets until now. A released order need not be published any more. */
export const release = writing((db, { saleId, orderIds }: ReleaseArgs): readonly string[] => {
  const sale = saleRow(db, saleId);
  if (sale === undefined) return [];
  const held = endReservations(db, sale, orderIds, RELEASED);
  returnTickets(
    db,
    sale,
    held.flatMap(({ tickets }) => tickets),
  );
  return held.map(({ orderId }) => orderId);
});

export interface ForfeitArgs {
  readonly saleId: string;
  readonly orders: readonly ForfeitedOrder[];
}

/** The tickets that others hold do not return to the queue. */
export const forfeit = writing((db, { saleId, orders }: ForfeitArgs): null => {
  const sale = saleRow(db, saleId);
  if (sale === undefined) return null;
  const orderIds = orders.map(({ orderId }) => orderId);
  const held = endReservations(db, sale, orderIds, FORFEITED);
  if (held.length === 0) return null;

  if (sale.forfeits === 0) db.run('UPDATE queue_sale SET forfeits = 1 WHERE n = ?', sale.n);
  const lost = new Set(orders.flatMap(({ tickets }) => tickets));
  returnTickets(
    db,
    sale,
    held.flatMap(({ tickets }) => tickets.filter((ticket) => !lost.has(ticket))),
  );
  return null;
});

/** To the queue's tail. */
function returnTickets(db: Db, { n, tail }: SaleRow, tickets: readonly number[]): void {
  if (tickets.length === 0) return;
  db.run(
    'INSERT INTO queue_returned (sale, place, ticket) SELECT ?1, ?2 + key, value FROM json_each(?3)',
    n,
    tail,
    JSON.stringify(tickets),
  );
  db.run('UPDATE queue_sale SET tail = ? WHERE n = ?', tail + tickets.length, n);
}

/** The value of `held` for a released reservation. */
const RELEASED = 0;

/** Returns those that held tickets until now. */
function endReservations(
  db: Db,
  { n, per_buyer, several }: SaleRow,
  orderIds: readonly string[],
  as: typeof RELEASED | typeof FORFEITED,
): readonly StrandedReservation[] {
  const held = reservationsOf(db, n, [...new Set(orderIds)]);
  if (held.length === 0) return held;
  const ended = held.map(({ orderId }) => orderId);
  removePending(db, n, ended);
  db.run(
    'UPDATE queue_reservation SET held = ?1 WHERE sale = ?2 AND order_id IN (SELECT value FROM json_each(?3))',
    as,
    n,
    JSON.stringify(ended),
  );
  if (several !== 0) removeTickets(db, n, held);
  if (isCounted(per_buyer)) {
    removeHoldings(
      db,
      n,
      held.flatMap(({ userId, tickets }) => tickets.map(() => userId)),
    );
  }
  return held;
}

/** Those of orders of several tickets. No other order holds them, so they are found by their numbers. */
function removeTickets(db: Db, sale: number, held: readonly StrandedReservation[]): void {
  const tickets = held.flatMap((order) => (order.tickets.length > 1 ? order.tickets : []));
  if (tickets.length === 0) return;
  db.run(
    'DELETE FROM queue_several WHERE sale = ? AND ticket IN (SELECT value FROM json_each(?))',
    sale,
    JSON.stringify(tickets),
  );
}
