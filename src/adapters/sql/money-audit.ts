import type { MoneyAudit, WrongMoney } from '../../ports/audit-source.ts';
import type { SqlDatabase } from './connect.ts';
import { PAYING } from './refunds.ts';

const COUNTS =
  'SELECT COUNT(*) AS payments, COUNT(CASE WHEN refund_due = 1 OR refunded_at IS NOT NULL THEN 1 END) AS back ' +
  'FROM payments WHERE sale_id = ?';

const ofPayment = PAYING.replaceAll(/\b(refund_due|refunded_at|rebook_due)\b/g, 'p.$1');

/** Each is one statement, so it reads the sale as of one moment. */
const WRONG: readonly (readonly [WrongMoney['kind'], string])[] = [
  [
    'not paid once',
    "SELECT o.id FROM orders o WHERE o.sale_id = ? AND o.state = 'paid' " +
      `AND (SELECT COUNT(*) FROM payments p WHERE p.order_id = o.id AND ${ofPayment}) <> 1 LIMIT ?`,
  ],
  [
    'money kept',
    'SELECT o.id FROM payments p JOIN orders o ON o.id = p.order_id ' +
      `WHERE p.sale_id = ? AND ${ofPayment} AND o.state <> 'paid' ` +
      'AND (o.paid_at IS NULL OR o.refunded_amount IS NULL OR o.refunded_amount <> o.price_amount * o.quantity) LIMIT ?',
  ],
  [
    'refunds differ',
    'SELECT r.order_id AS id FROM refunds r JOIN orders o ON o.id = r.order_id WHERE r.sale_id = ? ' +
      'GROUP BY r.order_id, o.refunded_amount HAVING SUM(r.amount) <> COALESCE(o.refunded_amount, 0) LIMIT ?',
  ],
  [
    'refunds differ',
    'SELECT o.id FROM orders o LEFT JOIN refunds r ON r.order_id = o.id WHERE o.sale_id = ? ' +
      'AND o.paid_at IS NOT NULL AND o.refunded_amount IS NOT NULL AND r.id IS NULL LIMIT ?',
  ],
];

/** Compares the payments of a sale with its orders. */
export async function auditMoney(database: SqlDatabase, saleId: string, limit: number): Promise<MoneyAudit> {
  const [counts] = await database.slowRows<{ readonly payments: number; readonly back: number }>(COUNTS, saleId);
  const wrong: WrongMoney[] = [];
  for (const [kind, sql] of WRONG) {
    const rows = await database.slowRows<{ readonly id: string }>(sql, saleId, limit);
    for (const { id } of rows) wrong.push({ orderId: id, kind });
  }
  return { payments: Number(counts?.payments ?? 0), givenBack: Number(counts?.back ?? 0), wrong };
}
