import type { Db } from '../../database.ts';
import { writing } from '../op.ts';

/** Other calls wait meanwhile: rows with two indexes take some 10 us each. */
const ROWS_PER_CALL = 1000;

/** The tables of what buyers hold or held in a sale, with the column that its rows are in the order of. */
const TABLES = [
  ['queue_reservation', 'order_id'],
  ['queue_several', 'ticket'],
  ['queue_returned', 'place'],
  ['queue_holding', 'buyer'],
  ['queue_pending', 'batch'],
] as const;

/** Few: only those of the last minutes are kept. */
const REMOVE_ATTEMPTS = 'DELETE FROM queue_attempt WHERE sale = ?';

/**
 * The sale is unknown from the first call on; its row stays, see `load`, and so do those that later calls have yet to delete.
 * Returns whether another call is needed.
 */
export const remove = writing((db, saleId: string): boolean => {
  const sale = db.get<{ readonly n: number; readonly removed: number }>(
    'SELECT n, removed FROM queue_sale WHERE id = ?',
    saleId,
  );
  if (sale === undefined || sale.removed === REMOVED) return false;
  if (sale.removed === 0) {
    db.run('UPDATE queue_sale SET removed = ? WHERE n = ?', REMOVING, sale.n);
    db.run(REMOVE_ATTEMPTS, sale.n);
  }
  for (const [table, column] of TABLES) if (deleteSome(db, table, column, sale.n)) return true;
  db.run('UPDATE queue_sale SET removed = ? WHERE n = ?', REMOVED, sale.n);
  return false;
});

/** The values of `queue_sale.removed` besides 0; see QUEUE_REMOVED in schema.ts. */
const REMOVING = 1;
const REMOVED = 2;

/** Whether it deleted rows: there may be others. */
function deleteSome(db: Db, table: string, column: string, sale: number): boolean {
  const last = db.get<{ readonly last: string | number | null }>(
    `SELECT max(at) AS last FROM (SELECT ${column} AS at FROM ${table} WHERE sale = ? ORDER BY ${column} LIMIT ${ROWS_PER_CALL})`,
    sale,
  )?.last;
  if (last === undefined || last === null) return false;
  db.run(`DELETE FROM ${table} WHERE sale = ? AND ${column} <= ?`, sale, last);
  return true;
}
