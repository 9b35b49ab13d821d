import type { StrandedReservation } from '../../../../ports/ticket-queue.ts';
import type { Db } from '../../database.ts';
import { reading, writing } from '../op.ts';
import { reservationsOf } from './reservations.ts';
import { saleRow } from './sale.ts';

interface PendingRow {
  readonly batch: number;
  readonly since: number;
  readonly orders: string;
}

/** Records that a call's orders are to be published; returns the number of the batch. */
export function addPending(db: Db, sale: number, now: number, orderIds: readonly string[]): number {
  db.run('INSERT INTO queue_pending (sale, since, orders) VALUES (?, ?, ?)', sale, now, JSON.stringify(orderIds));
  return (db.get<{ batch: number }>('SELECT last_insert_rowid() AS batch') as { batch: number }).batch;
}

/** Removes orders from their batches, whichever calls reserved them; unknown and published ones are ignored. */
export function removePending(db: Db, sale: number, orderIds: readonly string[]): void {
  const left = new Set(orderIds);
  for (const orderId of left) {
    const row = pendingOf(db, sale, orderId);
    if (row === undefined) continue;
    const waiting = ordersOf(row);
    const stillWaiting = waiting.filter((id) => !left.has(id));
    if (stillWaiting.length === waiting.length) continue;
    for (const id of waiting) left.delete(id);
    if (stillWaiting.length === 0) db.run('DELETE FROM queue_pending WHERE batch = ?', row.batch);
    else db.run('UPDATE queue_pending SET orders = ? WHERE batch = ?', JSON.stringify(stillWaiting), row.batch);
  }
}

/** Returns a function that says whether a reservation is unpublished; it reads each batch once. */
export function unpublishedOf(db: Db): (reservation: { readonly orderId: string; readonly batch: number }) => boolean {
  const batches = new Map<number, readonly string[]>();
  return ({ orderId, batch }) => {
    let waiting = batches.get(batch);
    if (waiting === undefined) {
      const row = db.get<PendingRow>('SELECT orders FROM queue_pending WHERE batch = ?', batch);
      waiting = row === undefined ? [] : ordersOf(row);
      batches.set(batch, waiting);
    }
    return waiting.includes(orderId);
  };
}

export const published = writing(
  (
    db,
    {
      saleId,
      epoch,
      orderIds,
    }: { readonly saleId: string; readonly epoch: number; readonly orderIds: readonly string[] },
  ): null => {
    const sale = saleRow(db, saleId);
    if (sale?.epoch === epoch) removePending(db, sale.n, orderIds);
    return null;
  },
);

export interface ClaimArgs {
  readonly saleId: string;
  readonly now: number;
  readonly leaseMs: number;
  readonly max: number;
}

export const claimStranded = writing((db, { saleId, now, leaseMs, max }: ClaimArgs): readonly StrandedReservation[] => {
  const sale = saleRow(db, saleId);
  if (sale === undefined) return [];
  const due = db.all<PendingRow>(
    'SELECT batch, since, orders FROM queue_pending WHERE sale = ? AND since <= ? ORDER BY since, batch LIMIT ?',
    sale.n,
    now - leaseMs,
    max,
  );
  const claimed: string[] = [];
  for (const row of due) {
    const waiting = ordersOf(row);
    const mine = waiting.slice(0, max - claimed.length);
    if (mine.length === 0) break;
    claimed.push(...mine);
    lease(db, sale.n, now, row, mine, waiting.slice(mine.length));
  }
  return reservationsOf(db, sale.n, claimed);
});

export const withUnpublished = reading((db, _: null): readonly string[] =>
  db
    .all<{ readonly id: string }>(
      'SELECT DISTINCT s.id FROM queue_pending AS p JOIN queue_sale AS s ON s.n = p.sale WHERE s.removed = 0',
    )
    .map(({ id }) => id),
);

/** Claimed orders get a new time; a batch of which only some are claimed is split, so that the others stay due. */
function lease(
  db: Db,
  sale: number,
  now: number,
  row: PendingRow,
  mine: readonly string[],
  rest: readonly string[],
): void {
  if (rest.length === 0) {
    db.run('UPDATE queue_pending SET since = ? WHERE batch = ?', now, row.batch);
    return;
  }
  db.run('UPDATE queue_pending SET orders = ? WHERE batch = ?', JSON.stringify(rest), row.batch);
  const batch = addPending(db, sale, now, mine);
  db.run(
    'UPDATE queue_reservation SET batch = ?1 WHERE sale = ?2 AND order_id IN (SELECT value FROM json_each(?3))',
    batch,
    sale,
    JSON.stringify(mine),
  );
}

function pendingOf(db: Db, sale: number, orderId: string): PendingRow | undefined {
  return db.get(
    `SELECT p.batch, p.since, p.orders FROM queue_reservation AS r JOIN queue_pending AS p ON p.batch = r.batch
     WHERE r.sale = ? AND r.order_id = ?`,
    sale,
    orderId,
  );
}

function ordersOf({ orders }: Pick<PendingRow, 'orders'>): readonly string[] {
  return JSON.parse(orders) as readonly string[];
}
