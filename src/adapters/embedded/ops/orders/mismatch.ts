import type { Capture } from '../../../../ports/order-payments.ts';
import type { Db } from '../../database.ts';

/** The refund is due unless the payment is known otherwise: then a person has to decide. */
const INSERT = `
INSERT INTO payment_mismatches
  (payment_id, order_id, amount, currency, sale_id, event_id, captured_at, refund_due)
SELECT ?, o.id, ?, ?, o.sale_id, ?, ?,
  CASE WHEN EXISTS (SELECT 1 FROM payments WHERE id = ?)
    OR EXISTS (SELECT 1 FROM payment_mismatches WHERE payment_id = ?) THEN NULL ELSE 1 END
FROM orders o WHERE o.id = ?
ON CONFLICT DO NOTHING`;

/** Records a capture of another amount or currency than its order's total. */
export function recordMismatch(db: Db, { eventId, paymentId, orderId, amount, at }: Capture): void {
  const { amount: minorUnits, currency } = amount;
  db.run(INSERT, paymentId, minorUnits, currency, eventId, at, paymentId, paymentId, orderId);
}

/** The payment has paid an order, or is refunded whole: what was captured wrongly before is not to be refunded as well. */
export function supersedeMismatches(db: Db, paymentId: string): void {
  db.run('UPDATE payment_mismatches SET refund_due = NULL WHERE payment_id = ? AND refund_due = 1', paymentId);
}

export function markMismatchRefunded(db: Db, paymentId: string, at: number): void {
  db.run(
    'UPDATE payment_mismatches SET refund_due = NULL, refunded_at = ? WHERE payment_id = ? AND refund_due = 1',
    at,
    paymentId,
  );
}
