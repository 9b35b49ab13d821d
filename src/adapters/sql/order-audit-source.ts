import type { OrderAuditSource } from '../../ports/audit-source.ts';
import type { SqlDatabase } from './connect.ts';
import { guarded } from './faults.ts';
import { textOf } from './text-of.ts';

interface LiveRow {
  readonly ticket: number;
  readonly id: string;
  readonly user_id: string | Uint8Array;
}

/** By the index of the tickets; a window and not a limit, so that two orders of one ticket can't be cut apart. */
const LIVE =
  'SELECT ticket, id, user_id FROM orders WHERE sale_id = ? AND ticket > ? AND ticket <= ? AND live = 1 ORDER BY ticket';

/** The order store's books, in either dialect. */
export function createSqlOrderAuditSource(database: SqlDatabase): OrderAuditSource {
  const connection = () => database.orm.em.getConnection();
  return {
    liveOrders: (saleId, after, upTo) =>
      guarded('reading live orders', async () => {
        const rows: LiveRow[] = await connection().execute(LIVE, [saleId, after, upTo]);
        return rows.map(({ ticket, id, user_id }) => ({ ticket, orderId: id, userId: textOf(user_id) }));
      }),

    stored: (orderIds) =>
      guarded('looking for orders', async () => {
        if (orderIds.length === 0) return [];
        const places = orderIds.map(() => '?').join(',');
        const rows: Pick<LiveRow, 'id'>[] = await connection().execute(
          `SELECT id FROM orders WHERE id IN (${places})`,
          [...orderIds],
        );
        return rows.map(({ id }) => id);
      }),
  };
}
