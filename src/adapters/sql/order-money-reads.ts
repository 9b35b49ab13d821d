import { MAX_AMOUNT } from '../../domain/money.ts';
import type { OrderPayments, RefundDue } from '../../ports/order-payments.ts';
import type { SqlDatabase } from './connect.ts';
import { withSqlFaults } from './faults.ts';
import { ORDER_COLUMNS, orderOfRaw, type RawOrder, SELECT_ORDER } from './raw-order.ts';
import { REFUND_COLUMNS, type RefundRow, refundOfRow } from './refunds.ts';
import { textOf } from './text-of.ts';

export type OrderMoneyReads = Pick<OrderPayments, 'rebookingsDue' | 'refundsOf' | 'refundsDue' | 'money'>;

interface DueRow {
  readonly id: string | Uint8Array;
  readonly payment_id: string | Uint8Array;
  readonly order_id: string;
  readonly amount: number;
  readonly currency: string;
  readonly due_since: number;
}

/** Of each kind a query along an index of its own: a union would sort all refunds that are due. */
const REFUNDS_DUE: readonly (readonly [RefundDue['kind'], string])[] = [
  [
    'payment',
    'SELECT p.id, p.id AS payment_id, p.order_id, o.price_amount * o.quantity AS amount, o.price_currency AS currency, ' +
      'p.captured_at AS due_since FROM payments p JOIN orders o ON o.id = p.order_id ' +
      'WHERE p.refund_due = 1 ORDER BY p.captured_at, p.id LIMIT ?',
  ],
  [
    'payment',
    'SELECT payment_id AS id, payment_id, order_id, amount, currency, captured_at AS due_since ' +
      'FROM payment_mismatches WHERE refund_due = 1 ORDER BY captured_at, payment_id LIMIT ?',
  ],
  [
    'request',
    'SELECT r.id, r.payment_id, r.order_id, r.amount, o.price_currency AS currency, r.requested_at AS due_since ' +
      'FROM refunds r JOIN orders o ON o.id = r.order_id WHERE r.refund_due = 1 ORDER BY r.requested_at, r.id LIMIT ?',
  ],
];

const REBOOKINGS_DUE =
  `SELECT ${ORDER_COLUMNS.replaceAll(/\w+/g, 'o.$&')}, p.id AS payment_id ` +
  'FROM payments p JOIN orders o ON o.id = p.order_id WHERE p.rebook_due = 1 ORDER BY p.captured_at, p.id LIMIT ?';

const REFUNDS_OF = `SELECT ${REFUND_COLUMNS} FROM refunds WHERE order_id = ? ORDER BY requested_at, id`;

/** A sale's orders have one price, as a rule. A SUM would overflow, or lose digits, for prices that older releases accepted. */
const PAID =
  'SELECT price_amount AS price, SUM(quantity) AS times, refunded_amount AS back, COUNT(*) AS orders ' +
  "FROM orders WHERE sale_id = ? AND state = 'paid' GROUP BY price_amount, refunded_amount";

const CAPTURED =
  'SELECT o.price_amount AS price, SUM(o.quantity) AS times, COUNT(*) AS payments, ' +
  'p.refund_due = 1 OR p.refunded_at IS NOT NULL AS back FROM payments p JOIN orders o ON o.id = p.order_id ' +
  'WHERE p.sale_id = ? GROUP BY o.price_amount, p.refund_due = 1 OR p.refunded_at IS NOT NULL';

const REQUESTED = 'SELECT amount AS price, COUNT(*) AS times FROM refunds WHERE sale_id = ? GROUP BY amount';

const MISMATCHED =
  'SELECT COUNT(*) AS payments, COUNT(CASE WHEN refund_due = 1 OR refunded_at IS NOT NULL THEN 1 END) AS refunds ' +
  'FROM payment_mismatches WHERE sale_id = ?';

/** So many times a price. */
interface Summand {
  readonly price: number;
  readonly times: number | string;
}

/** The greatest exact number stands for all sums beyond it. */
function sumOf(added: readonly Summand[], subtracted: readonly Summand[] = []): number {
  const exact = (some: readonly Summand[]) =>
    some.reduce((total, { price, times }) => total + BigInt(price) * BigInt(times), 0n);
  const sum = exact(added) - exact(subtracted);
  return Number(sum > BigInt(MAX_AMOUNT) ? BigInt(MAX_AMOUNT) : sum);
}

function countOf(some: readonly { readonly payments: number | string }[]): number {
  return some.reduce((count, { payments }) => count + Number(payments), 0);
}

/** What is to be done with the money of stored orders, and its totals; in either dialect. */
export function createOrderMoneyReads(database: SqlDatabase): OrderMoneyReads {
  const refundsDue = async (kind: RefundDue['kind'], sql: string, limit: number) => {
    const rows = await database.rows<DueRow>(sql, limit);
    return rows.map(({ id, payment_id, order_id, amount, currency, due_since }) => ({
      due: { id: textOf(id), kind, paymentId: textOf(payment_id), orderId: order_id, amount: { amount, currency } },
      since: due_since,
    }));
  };
  return {
    rebookingsDue: (limit) =>
      withSqlFaults('reading late payments', async () => {
        const rows = await database.rows<RawOrder & { readonly payment_id: string | Uint8Array }>(
          REBOOKINGS_DUE,
          limit,
        );
        return rows.map((row) => ({ paymentId: textOf(row.payment_id), order: orderOfRaw(row) }));
      }),

    refundsOf: (orderId) =>
      withSqlFaults('reading the refunds of an order', async () => {
        const rows = await database.rows<RefundRow>(REFUNDS_OF, orderId);
        const [order] = rows.length === 0 ? [] : await database.rows<RawOrder>(SELECT_ORDER, orderId);
        return order === undefined ? [] : rows.map((row) => refundOfRow(row, orderOfRaw(order)));
      }),

    refundsDue: (limit) =>
      withSqlFaults('reading due refunds', async () => {
        const due = await Promise.all(REFUNDS_DUE.map(([kind, sql]) => refundsDue(kind, sql, limit)));
        return due
          .flat()
          .sort((a, b) => a.since - b.since)
          .slice(0, limit)
          .map(({ due }) => due);
      }),

    money: (saleId) =>
      withSqlFaults('adding up a sale', async () => {
        const paid = await database.slowRows<Summand & { readonly back: number | null; readonly orders: number }>(
          PAID,
          saleId,
        );
        const captured = await database.slowRows<Summand & { readonly payments: number; readonly back: number | null }>(
          CAPTURED,
          saleId,
        );
        const requested = await database.slowRows<Summand>(REQUESTED, saleId);
        const [wrong] = await database.slowRows<{ readonly payments: number; readonly refunds: number }>(
          MISMATCHED,
          saleId,
        );
        const returned = captured.filter(({ back }) => back === 1);
        return {
          revenue: sumOf(
            paid,
            paid.map(({ back, orders }) => ({ price: back ?? 0, times: orders })),
          ),
          captured: sumOf(captured),
          givenBack: sumOf([...returned, ...requested]),
          refunded:
            countOf(returned) + requested.reduce((n, { times }) => n + Number(times), 0) + Number(wrong?.refunds ?? 0),
          mismatched: Number(wrong?.payments ?? 0),
        };
      }),
  };
}
