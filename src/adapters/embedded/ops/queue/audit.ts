import type { QueueAudit, StrandedReservation } from '../../../../ports/ticket-queue.ts';
import type { Db } from '../../database.ts';
import { reading } from '../op.ts';
import { reservationsOf } from './pending.ts';
import type { SaleRow } from './sale.ts';
import { saleRow, stockOf } from './sale.ts';

export const find = reading(
  (db, { saleId, orderId }: { readonly saleId: string; readonly orderId: string }): StrandedReservation | undefined => {
    const sale = saleRow(db, saleId);
    return sale && reservationsOf(db, sale.n, [orderId])[0];
  },
);

export const audit = reading((db, saleId: string): QueueAudit | undefined => {
  const sale = saleRow(db, saleId);
  if (sale === undefined) return undefined;
  return {
    epoch: sale.epoch,
    held: count(db, 'SELECT count(*) AS n FROM queue_reservation NOT INDEXED WHERE sale = ? AND held = 1', sale.n),
    // The buyers' own index, so that an index that lost a row is seen.
    heldByBuyers: count(
      db,
      'SELECT count(*) AS n FROM queue_reservation INDEXED BY queue_buyer WHERE sale = ? AND held = 1',
      sale.n,
    ),
    remaining: stockOf(sale).remaining,
    pending: count(
      db,
      'SELECT coalesce(sum(json_array_length(orders)), 0) AS n FROM queue_pending WHERE sale = ?',
      sale.n,
    ),
    doubled: doubled(db, sale),
  };
});

/** A ticket has one place: a reservation that holds it, a place among the returned, or a number not yet given out. */
function doubled(db: Db, { n, fresh }: SaleRow): readonly number[] {
  return db
    .all<{ ticket: number }>(
      `SELECT ticket FROM (
         SELECT ticket FROM queue_reservation NOT INDEXED WHERE sale = ?1 AND held = 1
         UNION ALL SELECT ticket FROM queue_returned WHERE sale = ?1
       ) GROUP BY ticket HAVING count(*) > 1 OR ticket >= ?2 ORDER BY ticket`,
      n,
      fresh,
    )
    .map(({ ticket }) => ticket);
}

function count(db: Db, sql: string, sale: number): number {
  return db.get<{ n: number }>(sql, sale)?.n ?? 0;
}
