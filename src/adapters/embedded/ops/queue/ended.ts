import type { ReserveItem } from '../../../../ports/ticket-queue.ts';
import type { Db } from '../../database.ts';
import type { SaleRow } from './sale.ts';

const NOBODY: ReadonlySet<string> = new Set();

/**
 * The buyers of a batch of whom `max` orders, or more, have ended; 0 is unlimited. `tail` counts the tickets that were ever
 * returned, at least one for each order: until there are so many in the sale, as in most sales, nothing is looked up. Each buyer costs at most `max`
 * entries of an index then.
 */
export function buyersWithTooManyEnded(
  db: Db,
  { n: sale, tail }: SaleRow,
  items: readonly ReserveItem[],
  max: number,
): ReadonlySet<string> {
  if (max === 0 || tail < max) return NOBODY;
  const users = new Set(items.map(({ userId }) => userId));
  const rows = db.all<{ buyer: string }>(
    `SELECT u.value AS buyer FROM json_each(?1) AS u WHERE EXISTS (
       SELECT 1 FROM queue_reservation AS r INDEXED BY queue_buyer
       WHERE r.sale = ?2 AND r.buyer = u.value AND r.held = 0 LIMIT 1 OFFSET ?3)`,
    JSON.stringify([...users]),
    sale,
    max - 1,
  );
  return rows.length === 0 ? NOBODY : new Set(rows.map(({ buyer }) => buyer));
}
