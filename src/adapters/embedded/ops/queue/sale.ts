import { type Stock, stockVersion } from '../../../../domain/stock.ts';
import type { ChangedSale, QueuedSale } from '../../../../ports/ticket-queue.ts';
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
  readonly paused: number;
  /** Tickets that were added since it was loaded. */
  readonly added: number;
  /** 1 if it has had orders of several tickets. */
  readonly several: number;
  /** 1 if it has had forfeits. */
  readonly forfeits: number;
  readonly fresh: number;
  readonly head: number;
  readonly tail: number;
}

export const SALE_COLUMNS = [
  'n',
  'epoch',
  'total',
  'per_buyer',
  'opens_at',
  'closes_at',
  'closed',
  'paused',
  'added',
  'several',
  'forfeits',
  'fresh',
  'head',
  'tail',
] as const satisfies readonly (keyof SaleRow)[];

const SALE_ROW = `SELECT ${SALE_COLUMNS.join(', ')} FROM queue_sale WHERE id = ? AND removed = 0`;

/** Undefined also for a sale that was removed. */
export function saleRow(db: Db, saleId: string): SaleRow | undefined {
  return db.get<SaleRow>(SALE_ROW, saleId);
}

/** The counters of a sale's queue. */
export type QueueCounters = Pick<SaleRow, 'epoch' | 'total' | 'added' | 'fresh' | 'head' | 'tail'>;

/** Each ticket that is taken, returned or added raises one of the counters and lowers none: their sum counts the changes. */
export function stockOf({ epoch, total, added, fresh, head, tail }: QueueCounters): Stock {
  const taken = fresh - 1 + head;
  return { remaining: total - taken + tail, version: stockVersion(epoch, taken + tail + added) };
}

/** False for a sale that was removed: its row remains, so that a delayed call does not load it again. */
export const load = writing((db, sale: QueuedSale): boolean => {
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
  return saleRow(db, sale.id) !== undefined;
});

/** See TicketQueue. New tickets are fresh: they are numbered after all others. */
export const update = writing((db, sale: ChangedSale): 'updated' | 'stale' | 'unknownSale' => {
  const row = saleRow(db, sale.id);
  if (row === undefined) return 'unknownSale';
  if (row.epoch !== sale.epoch) return 'stale';
  db.run(
    `UPDATE queue_sale SET paused = ?1, closes_at = ?2, added = added + max(?3 - total, 0), total = max(?3, total), version = ?4
     WHERE n = ?5 AND version < ?4`,
    sale.paused ? 1 : 0,
    sale.closesAt,
    sale.total,
    sale.version,
    row.n,
  );
  return 'updated';
});

export const close = writing((db, { saleId, epoch }: { readonly saleId: string; readonly epoch: number }): null => {
  db.run('UPDATE queue_sale SET closed = 1 WHERE id = ? AND epoch = ?', saleId, epoch);
  return null;
});

export const stock = reading((db, saleId: string): Stock | undefined => {
  const sale = saleRow(db, saleId);
  return sale && stockOf(sale);
});
