import type { LedgerEntry, QueueSnapshot } from '../../../../ports/audit-source.ts';
import type { Db } from '../../database.ts';
import { reading } from '../op.ts';
import { unpublishedOf } from './pending.ts';
import { saleRow, stockOf } from './sale.ts';
import { type TicketColumns, ticketsOf } from './tickets.ts';

interface HeldRow extends TicketColumns {
  readonly orderId: string;
  readonly userId: string;
  readonly batch: number;
}

export interface PageArgs {
  readonly saleId: string;
  /** The last order id, or place, of the previous page. */
  readonly after: string | number;
  readonly max: number;
}

export const snapshot = reading((db, saleId: string): QueueSnapshot | undefined => {
  const sale = saleRow(db, saleId);
  if (sale === undefined) return undefined;
  const { remaining, version } = stockOf(sale);
  return {
    epoch: sale.epoch,
    version,
    total: sale.total,
    held: heldTickets(db, sale.n),
    remaining,
    pending: count(
      db,
      'SELECT coalesce(sum(json_array_length(orders)), 0) AS n FROM queue_pending WHERE sale = ?',
      sale.n,
    ),
  };
});

/** Read from the table itself (`+held` keeps SQLite from using another index), so that a row missing in an index is found. */
export const ledgerPage = reading((db, { saleId, after, max }: PageArgs): readonly LedgerEntry[] => {
  const sale = saleRow(db, saleId);
  if (sale === undefined) return [];
  const isUnpublished = unpublishedOf(db);
  return db
    .all<HeldRow>(
      `SELECT order_id AS orderId, ticket, more, buyer AS userId, batch FROM queue_reservation
       WHERE sale = ? AND order_id > ? AND +held > 0 ORDER BY order_id LIMIT ?`,
      sale.n,
      after,
      max,
    )
    .map((row) => ({
      orderId: row.orderId,
      tickets: ticketsOf(row),
      userId: row.userId,
      published: !isUnpublished(row),
    }));
});

/** Tickets `fresh` to `total` (both included) were never sold. */
export const freshTickets = reading(
  (db, saleId: string): { readonly fresh: number; readonly total: number } | undefined => {
    const sale = saleRow(db, saleId);
    return sale && { fresh: sale.fresh, total: sale.total };
  },
);

export const returnedPage = reading(
  (db, { saleId, after, max }: PageArgs): readonly { readonly place: number; readonly ticket: number }[] => {
    const sale = saleRow(db, saleId);
    if (sale === undefined) return [];
    return db.all(
      'SELECT place, ticket FROM queue_returned WHERE sale = ? AND place > ? ORDER BY place LIMIT ?',
      sale.n,
      after,
      max,
    );
  },
);

/** Counted in the index of the buyers, so that a row missing there is found. */
export const heldByBuyers = reading((db, saleId: string): number => {
  const sale = saleRow(db, saleId);
  if (sale === undefined) return 0;
  return count(
    db,
    'SELECT coalesce(sum(held), 0) AS n FROM queue_reservation INDEXED BY queue_buyer WHERE sale = ? AND held > 0',
    sale.n,
  );
});

/** Counted where it is ensured that none is held twice: the smallest indexes that have them all. */
function heldTickets(db: Db, sale: number): number {
  const single = 'SELECT count(*) AS n FROM queue_reservation INDEXED BY queue_ticket WHERE sale = ? AND held = 1';
  return count(db, single, sale) + count(db, 'SELECT count(*) AS n FROM queue_several WHERE sale = ?', sale);
}

function count(db: Db, sql: string, sale: number): number {
  return db.get<{ n: number }>(sql, sale)?.n ?? 0;
}
