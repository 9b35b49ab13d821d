import type { Capture } from '../../ports/order-payments.ts';
import { quoted } from './literals.ts';

/** Captures of the payment, right or wrong, as last committed; see {@link lockOrder}. */
export function selectPaymentTraces(paymentId: string): string {
  const id = quoted(paymentId);
  return (
    `SELECT 1 FROM payments WHERE id = ${id} UNION ALL ` +
    `SELECT 1 FROM payment_mismatches WHERE payment_id = ${id} LIMIT 1`
  );
}

/** Captures of one order wait for each other here. */
export function lockOrder(ids: string): string {
  return `SELECT id FROM orders FORCE INDEX (PRIMARY) WHERE id IN (${ids}) FOR UPDATE`;
}

export function insertMismatch(
  { eventId, paymentId, orderId, amount: { amount, currency }, at }: Capture,
  saleId: string,
  refundDue: boolean,
): string {
  return (
    'INSERT INTO payment_mismatches ' +
    '(payment_id, order_id, amount, currency, sale_id, event_id, captured_at, refund_due) VALUES ' +
    `(${quoted(paymentId)}, ${quoted(orderId)}, ${amount}, ${quoted(currency)}, ${quoted(saleId)}, ` +
    `${quoted(eventId)}, ${at}, ${refundDue ? 1 : 'NULL'}) ON DUPLICATE KEY UPDATE event_id = payment_mismatches.event_id`
  );
}

/** The payment has paid an order, or is refunded whole: what was captured wrongly before is not to be refunded as well. */
export function supersedeMismatches(paymentId: string): string {
  return `UPDATE payment_mismatches SET refund_due = NULL WHERE payment_id = ${quoted(paymentId)} AND refund_due = 1`;
}

export function markMismatchRefunded(paymentId: string, at: number): string {
  return (
    `UPDATE payment_mismatches SET refund_due = NULL, refunded_at = ${at} ` +
    `WHERE payment_id = ${quoted(paymentId)} AND refund_due = 1`
  );
}
