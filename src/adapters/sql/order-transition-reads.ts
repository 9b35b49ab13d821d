import { MAX_AMOUNT } from '../../domain/money.ts';
import type { OrderStore } from '../../ports/order-store.ts';
import type { SqlDatabase } from './connect.ts';
import { withSqlFaults } from './faults.ts';
import { ticketsOfText } from './stored-tickets.ts';
import { textOf } from './text-of.ts';

export type OrderTransitionReads = Pick<OrderStore, 'due' | 'salesDue' | 'owedTickets' | 'refundsDue' | 'money'>;

interface RefundRow {
  readonly id: string | Uint8Array;
  readonly order_id: string;
  readonly price_amount: number;
  readonly price_currency: string;
  readonly quantity: number;
  readonly captured_at: number;
}

interface OwedRow {
  readonly order_id: string;
  readonly sale_id: string;
  readonly held_by_others: string | null;
  readonly quantity: number | null;
}

/** Orders that are due at the same moment come in any order: sorting them by id as well would read all of them. */
const DUE = `SELECT id FROM orders WHERE sale_id = ? AND state = 'reserved' AND pay_by <= ? ORDER BY pay_by LIMIT ?`;

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

const REFUNDS_DUE =
  'SELECT p.id, p.order_id, o.price_amount, o.price_currency, o.quantity, p.captured_at ' +
  'FROM payments p JOIN orders o ON o.id = p.order_id WHERE p.refund_due = 1 ORDER BY p.captured_at, p.id LIMIT ?';

const MISMATCHES_DUE =
  'SELECT payment_id AS id, order_id, amount AS price_amount, currency AS price_currency, 1 AS quantity, captured_at ' +
  'FROM payment_mismatches WHERE refund_due = 1 ORDER BY captured_at, payment_id LIMIT ?';

/** A sale's orders have one price, as a rule. A SUM would overflow, or lose digits, for prices that older releases accepted. */
const PAID =
  `SELECT price_amount AS price, SUM(quantity) AS tickets FROM orders WHERE sale_id = ? AND state = 'paid' ` +
  'GROUP BY price_amount';

const REFUNDED =
  'SELECT COUNT(*) AS payments FROM payments WHERE sale_id = ? AND (refund_due = 1 OR refunded_at IS NOT NULL)';

const MISMATCHED =
  'SELECT COUNT(*) AS payments, COUNT(CASE WHEN refund_due = 1 OR refunded_at IS NOT NULL THEN 1 END) AS refunds ' +
  'FROM payment_mismatches WHERE sale_id = ?';

interface PaidRow {
  readonly price: number;
  readonly tickets: number | string;
}

/** The greatest exact number stands for all sums beyond it. */
function revenueOf(paid: readonly PaidRow[]): number {
  const sum = paid.reduce((total, { price, tickets }) => total + BigInt(price) * BigInt(tickets), 0n);
  return Number(sum > BigInt(MAX_AMOUNT) ? BigInt(MAX_AMOUNT) : sum);
}

/** Due transitions of stored orders, their effects that are still to be carried out, and totals; in either dialect. */
export function createOrderTransitionReads(database: SqlDatabase): OrderTransitionReads {
  return {
    due: (saleId, now, limit) =>
      withSqlFaults('reading due orders', async () =>
        (await database.rows<{ readonly id: string }>(DUE, saleId, now, limit)).map(({ id }) => id),
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

    refundsDue: (limit) =>
      withSqlFaults('reading due refunds', async () => {
        const late = await database.rows<RefundRow>(REFUNDS_DUE, limit);
        // Nearly always none, by an index of their own: a union would sort all refunds that are due.
        const wrong = await database.rows<RefundRow>(MISMATCHES_DUE, limit);
        const due = wrong.length === 0 ? late : [...late, ...wrong].sort((a, b) => a.captured_at - b.captured_at);
        return due.slice(0, limit).map(({ id, order_id, price_amount, price_currency, quantity }) => ({
          paymentId: textOf(id),
          orderId: order_id,
          amount: { amount: price_amount * quantity, currency: price_currency },
        }));
      }),

    money: (saleId) =>
      withSqlFaults('adding up a sale', async () => {
        const paid = await database.slowRows<PaidRow>(PAID, saleId);
        const [back] = await database.slowRows<{ readonly payments: number }>(REFUNDED, saleId);
        const [wrong] = await database.slowRows<{ readonly payments: number; readonly refunds: number }>(
          MISMATCHED,
          saleId,
        );
        return {
          revenue: revenueOf(paid),
          refunded: Number(back?.payments ?? 0) + Number(wrong?.refunds ?? 0),
          mismatched: Number(wrong?.payments ?? 0),
        };
      }),
  };
}
