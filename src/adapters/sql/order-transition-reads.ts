import type { OrderPayments } from '../../ports/order-payments.ts';
import type { OrderStore } from '../../ports/order-store.ts';
import type { SqlDatabase } from './connect.ts';
import { withSqlFaults } from './faults.ts';
import type { OrderMoneyReads } from './order-money-reads.ts';
import { ticketsOfText } from './stored-tickets.ts';

/** Changes of stored orders. */
export type OrderTransitions = Pick<OrderStore, 'transition' | 'returned'> & Omit<OrderPayments, keyof OrderMoneyReads>;

export type OrderTransitionReads = Pick<OrderStore, 'due' | 'salesDue' | 'owedTickets'>;

interface OwedRow {
  readonly order_id: string;
  readonly sale_id: string;
  readonly held_by_others: string | null;
  readonly quantity: number | null;
}

/** Orders that are due at the same moment come in any order: sorting them by id as well would read all of them. */
const DUE =
  "SELECT id FROM orders WHERE sale_id = ? AND state = 'reserved' AND pay_by <= ? " +
  'AND (held_until IS NULL OR held_until <= ?) ORDER BY pay_by LIMIT ?';

/**
 * For each sale, the first entry of its reserved orders in the index. In SQLite the ids are a JSON array, and each is looked up.
 * MySQL does not stop at the first entry in a subquery, but it does where it takes the least of a group ("Using index for
 * group-by"); left to itself it would take another index, by the sale only, and read all orders.
 */
const SALES_DUE = {
  sqlite: () =>
    'SELECT i.value AS id FROM json_each(?) AS i WHERE (SELECT o.pay_by FROM orders o ' +
    "WHERE o.sale_id = i.value AND o.state = 'reserved' ORDER BY o.pay_by LIMIT 1) <= ?",
  mysql: (count: number) =>
    `SELECT sale_id AS id FROM orders FORCE INDEX (orders_state) WHERE sale_id IN (${Array(count).fill('?').join()}) ` +
    "AND state = 'reserved' GROUP BY sale_id HAVING MIN(pay_by) <= ?",
} as const satisfies Record<SqlDatabase['dialect'], (count: number) => string>;

/** Sales in one query: MySQL answers it in some milliseconds. */
const SALES_PER_QUERY = 1000;

/** Ids begin with their time, so the oldest order comes first. */
const OWED =
  'SELECT r.order_id, r.sale_id, r.held_by_others, o.quantity FROM ticket_returns r ' +
  'LEFT JOIN orders o ON o.id = r.order_id ORDER BY r.order_id LIMIT ?';

/** Due transitions of stored orders, and their effects that are still to be carried out; in either dialect. */
export function createOrderTransitionReads(database: SqlDatabase): OrderTransitionReads {
  return {
    due: (saleId, now, limit) =>
      withSqlFaults('reading due orders', async () =>
        (await database.rows<{ readonly id: string }>(DUE, saleId, now, now, limit)).map(({ id }) => id),
      ),

    salesDue: (saleIds, now) =>
      withSqlFaults('reading sales with due orders', async () => {
        const due: string[] = [];
        for (let n = 0; n < saleIds.length; n += SALES_PER_QUERY) {
          const some = saleIds.slice(n, n + SALES_PER_QUERY);
          const ids = database.dialect === 'mysql' ? some : [JSON.stringify(some)];
          const sql = SALES_DUE[database.dialect](some.length);
          for (const { id } of await database.rows<{ readonly id: string }>(sql, ...ids, now)) due.push(id);
        }
        return due;
      }),

    owedTickets: (limit) =>
      withSqlFaults('reading tickets to return', async () => {
        const owed = await database.rows<OwedRow>(OWED, limit);
        return owed.map(({ order_id, sale_id, held_by_others, quantity }) => ({
          saleId: sale_id,
          orderId: order_id,
          quantity: quantity ?? 1,
          heldByOthers: ticketsOfText(held_by_others),
        }));
      }),
  };
}
