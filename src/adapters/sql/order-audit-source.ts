import type { OrderAuditSource } from '../../ports/audit-source.ts';
import type { SqlDatabase } from './connect.ts';
import { withSqlFaults } from './faults.ts';
import { textOf } from './text-of.ts';

interface LiveRow {
  readonly ticket: number;
  readonly id: string;
  readonly user_id: string | Uint8Array;
}

/** Along the index of the tickets. A range of tickets and not a LIMIT, so that two orders of one ticket are on one page. */
const LIVE =
  'SELECT ticket, id, user_id FROM orders WHERE sale_id = ? AND ticket > ? AND ticket <= ? AND live = 1 ORDER BY ticket';

/** What the order store holds, in either dialect. */
export function createSqlOrderAuditSource(database: SqlDatabase): OrderAuditSource {
  return {
    liveOrders: (saleId, after, upTo) =>
      withSqlFaults('reading live orders', async () => {
        const rows = await database.slowRows<LiveRow>(LIVE, saleId, after, upTo);
        return rows.map(({ ticket, id, user_id }) => ({ ticket, orderId: id, userId: textOf(user_id) }));
      }),

    stored: (orderIds) =>
      withSqlFaults('looking for orders', async () => {
        if (orderIds.length === 0) return [];
        const places = orderIds.map(() => '?').join(',');
        const rows = await database.slowRows<Pick<LiveRow, 'id'>>(
          `SELECT id FROM orders WHERE id IN (${places})`,
          ...orderIds,
        );
        return rows.map(({ id }) => id);
      }),
  };
}
