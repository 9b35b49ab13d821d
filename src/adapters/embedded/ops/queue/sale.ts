import { type Stock, stockVersion } from '../../../../domain/stock.ts';
import type { QueuedSale } from '../../../../ports/ticket-queue.ts';
import type { Db } from '../../database.ts';
import { reading, writing } from '../op.ts';

export interface SaleRow {
  /** The sale's number in the other tables. */
  readonly n: number;
  readonly epoch: number;
  readonly total: number;
  readonly per_buyer: number;
  readonly opens_at: number;
  readonly closes_at: number;
  readonly closed: number;
  readonly fresh: number;
  readonly head: number;
  readonly tail: number;
}

export function saleRow(db: Db, saleId: string): SaleRow | undefined {
  return db.get<SaleRow>(
    `SELECT n, epoch, total, per_buyer, opens_at, closes_at, closed, fresh, head, tail
     FROM queue_sale WHERE id = ?`,
    saleId,
  );
}

/** The counters of a sale's queue. */
export type QueueCounters = Pick<SaleRow, 'epoch' | 'total' | 'fresh' | 'head' | 'tail'>;

/** Each ticket that is taken or returned raises one of the counters and lowers none: their sum counts the changes. */
export function stockOf({ epoch, total, fresh, head, tail }: QueueCounters): Stock {
  const taken = fresh - 1 + head;
  return { remaining: total - taken + tail, version: stockVersion(epoch, taken + tail) };
}

export const load = writing((db, sale: QueuedSale): null => {
  db.run(
    `INSERT INTO queue_sale (id, epoch, total, per_buyer, opens_at, closes_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO NOTHING`,
    sale.id,
    sale.epoch,
    sale.total,
    sale.perBuyerLimit,
    sale.opensAt,
    sale.closesAt,
  );
  return null;
});

export const close = writing((db, { saleId, epoch }: { readonly saleId: string; readonly epoch: number }): null => {
  db.run('UPDATE queue_sale SET closed = 1 WHERE id = ? AND epoch = ?', saleId, epoch);
  return null;
});

export const stock = reading((db, saleId: string): Stock | undefined => {
  const sale = saleRow(db, saleId);
  return sale && stockOf(sale);
});
