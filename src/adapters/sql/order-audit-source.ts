import type { OrderAuditSource } from '../../ports/audit-source.ts';
import type { SqlDatabase } from './connect.ts';
import { withSqlFaults } from './faults.ts';
import { auditMoney } from './money-audit.ts';
import { textOf } from './text-of.ts';
import { TICKETS_WITH_ORDERS } from './tickets-with-orders.ts';

interface LiveRow {
  readonly ticket: number;
  readonly id: string;
  readonly user_id: string | Uint8Array;
}

/** Whether an order that holds a ticket is live is not asked: if it is not, the audit has to see it. */
function selectLive(dialect: SqlDatabase['dialect']): string {
  return (
    `SELECT t.ticket, t.order_id AS id, o.user_id FROM ${TICKETS_WITH_ORDERS[dialect]} ` +
    "WHERE t.sale_id = ? AND t.ticket > ? AND t.ticket <= ? AND t.ended = '' ORDER BY t.ticket"
  );
}

/** What the order store holds, in either dialect. */
export function createSqlOrderAuditSource(database: SqlDatabase): OrderAuditSource {
  const live = selectLive(database.dialect);
  return {
    liveOrders: (saleId, after, upTo) =>
      withSqlFaults('reading live orders', async () => {
        const rows = await database.slowRows<LiveRow>(live, saleId, after, upTo);
        return rows.map(({ ticket, id, user_id }) => ({ ticket, orderId: id, userId: textOf(user_id) }));
      }),

    money: (saleId, limit) => withSqlFaults('comparing payments', () => auditMoney(database, saleId, limit)),

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
