import type { StrandedReservation } from '../../../../ports/ticket-queue.ts';
import type { Db } from '../../database.ts';
import { reading } from '../op.ts';
import { saleRow } from './sale.ts';
import { KEY } from './schema.ts';
import { type TicketColumns, ticketsOf } from './tickets.ts';

type HeldRow = Omit<StrandedReservation, 'tickets'> & TicketColumns;

/** Those of the orders that hold their tickets, in the order of the ids given. */
export function reservationsOf(db: Db, sale: number, orderIds: readonly string[]): readonly StrandedReservation[] {
  if (orderIds.length === 0) return [];
  const rows = db.all<HeldRow>(
    `SELECT r.order_id AS orderId, r.ticket, r.more, r.buyer AS userId, ${KEY}, r.reserved_at AS reservedAt
     FROM json_each(?1) AS o CROSS JOIN queue_reservation AS r ON r.sale = ?2 AND r.order_id = o.value AND r.held > 0
     ORDER BY o.key`,
    JSON.stringify(orderIds),
    sale,
  );
  return rows.map((row) => {
    const { orderId, userId, key, reservedAt } = row;
    return { orderId, tickets: ticketsOf(row), userId, key, reservedAt };
  });
}

export const find = reading(
  (db, { saleId, orderId }: { readonly saleId: string; readonly orderId: string }): StrandedReservation | undefined => {
    const sale = saleRow(db, saleId);
    return sale && reservationsOf(db, sale.n, [orderId])[0];
  },
);
