import { MAX_AMOUNT } from '../../domain/money.ts';
import type { OrderStore, RejectionReason } from '../../ports/order-store.ts';
import type { SqlDatabase } from './connect.ts';
import { withSqlFaults } from './faults.ts';
import { textOf } from './text-of.ts';

export type OrderTransitionReads = Pick<OrderStore, 'due' | 'salesDue' | 'owedTickets' | 'refundsDue' | 'money'>;

interface RefundRow {
  readonly id: string | Uint8Array;
  readonly order_id: string;
  readonly price_amount: number;
  readonly price_currency: string;
  readonly captured_at: number;
}

interface OwedRow {
  readonly order_id: string;
  readonly sale_id: string;
  readonly reason: RejectionReason | null;
}

/** Orders that are due at the same moment come in any order: sorting them by id as well would read all of them. */
const DUE = `SELECT id FROM orders WHERE sale_id = ? AND state = 'reserved' AND pay_by <= ? ORDER BY pay_by LIMIT ?`;

/**
 * One look into the index for each sale. The limit keeps a server from turning it into a join that reads all due orders.
 * The ids are a JSON array, so that the statement is the same for any number of them.
 */
const SALES_DUE = (ids: string) =>
  `SELECT i.id FROM ${ids} WHERE ` +
  "(SELECT 1 FROM orders o WHERE o.sale_id = i.id AND o.state = 'reserved' AND o.pay_by <= ? LIMIT 1) = 1";

const IDS = {
  sqlite: '(SELECT value AS id FROM json_each(?)) AS i',
  mysql: "JSON_TABLE(?, '$[*]' COLUMNS (id VARCHAR(64) PATH '$')) AS i",
} as const satisfies Record<SqlDatabase['dialect'], string>;

/**
 * Ids begin with their time, so the oldest order comes first. An order that was rejected for its ticket returns none. A left
 * join makes every server begin with the outbox, however few orders there are.
 */
const OWED =
  'SELECT r.order_id, r.sale_id, o.reason FROM ticket_returns r LEFT JOIN orders o ON o.id = r.order_id ' +
  'ORDER BY r.order_id LIMIT ?';

const REFUNDS_DUE =
  'SELECT p.id, p.order_id, o.price_amount, o.price_currency, p.captured_at FROM payments p JOIN orders o ON o.id = p.order_id ' +
  'WHERE p.refund_due = 1 ORDER BY p.captured_at, p.id LIMIT ?';

const MISMATCHES_DUE =
  'SELECT payment_id AS id, order_id, amount AS price_amount, currency AS price_currency, captured_at ' +
  'FROM payment_mismatches WHERE refund_due = 1 ORDER BY captured_at, payment_id LIMIT ?';

/** A sale's orders have one price, as a rule. A SUM would overflow, or lose digits, for prices that older releases accepted. */
const PAID =
  `SELECT price_amount AS price, COUNT(*) AS orders FROM orders WHERE sale_id = ? AND state = 'paid' ` +
  'GROUP BY price_amount';

const REFUNDED =
  'SELECT COUNT(*) AS payments FROM payments WHERE sale_id = ? AND (refund_due = 1 OR refunded_at IS NOT NULL)';

const MISMATCHED =
  'SELECT COUNT(*) AS payments, COUNT(CASE WHEN refund_due = 1 OR refunded_at IS NOT NULL THEN 1 END) AS refunds ' +
  'FROM payment_mismatches WHERE sale_id = ?';

interface PaidRow {
  readonly price: number;
  readonly orders: number | string;
}

/** The greatest exact number stands for all sums beyond it. */
function revenueOf(paid: readonly PaidRow[]): number {
  const sum = paid.reduce((total, { price, orders }) => total + BigInt(price) * BigInt(orders), 0n);
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
        if (saleIds.length === 0) return [];
        const sql = SALES_DUE(IDS[database.dialect]);
        const due = await database.rows<{ readonly id: string }>(sql, JSON.stringify(saleIds), now);
        return due.map(({ id }) => id);
      }),

    owedTickets: (limit) =>
      withSqlFaults('reading tickets to return', async () => {
        const owed = await database.rows<OwedRow>(OWED, limit);
        return owed.map(({ order_id, sale_id, reason }) => ({
          saleId: sale_id,
          orderId: order_id,
          forfeit: reason === 'ticket',
        }));
      }),

    refundsDue: (limit) =>
      withSqlFaults('reading due refunds', async () => {
        const late = await database.rows<RefundRow>(REFUNDS_DUE, limit);
        // Nearly always none, by an index of their own: a union would sort all refunds that are due.
        const wrong = await database.rows<RefundRow>(MISMATCHES_DUE, limit);
        const due = wrong.length === 0 ? late : [...late, ...wrong].sort((a, b) => a.captured_at - b.captured_at);
        return due.slice(0, limit).map(({ id, order_id, price_amount, price_currency }) => ({
          paymentId: textOf(id),
          orderId: order_id,
          price: { amount: price_amount, currency: price_currency },
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
