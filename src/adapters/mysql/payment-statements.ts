import type { Capture } from '../../ports/order-payments.ts';
import { quoted } from './literals.ts';

/** What decides on a rebooking. */
export interface PaymentRow {
  readonly order_id: string;
  readonly rebook_due: number | null;
  readonly late_for: string | null;
}

export function insertEvent({ eventId, paymentId, at }: Capture): string {
  return (
    'INSERT INTO payment_events (id, payment_id, received_at) ' +
    `VALUES (${quoted(eventId)}, ${quoted(paymentId)}, ${at}) ON DUPLICATE KEY UPDATE id = payment_events.id`
  );
}

export function selectEvent(eventId: string): string {
  return `SELECT payment_id FROM payment_events WHERE id = ${quoted(eventId)}`;
}

export function insertPayment({ paymentId, orderId, at }: Capture, saleId: string): string {
  return (
    'INSERT INTO payments (id, order_id, sale_id, captured_at) VALUES ' +
    `(${quoted(paymentId)}, ${quoted(orderId)}, ${quoted(saleId)}, ${at}) ON DUPLICATE KEY UPDATE id = payments.id`
  );
}

export function lockPayment(paymentId: string): string {
  return `SELECT order_id, rebook_due, late_for FROM payments WHERE id = ${quoted(paymentId)} FOR UPDATE`;
}

/** Of a payment that found its order ended, or paid: by the state in which the order is now. */
export function markLate(paymentId: string): string {
  return (
    'UPDATE payments p JOIN orders o ON o.id = p.order_id ' +
    "SET p.rebook_due = IF(o.state IN ('expired', 'rejected'), 1, NULL), " +
    "p.refund_due = IF(o.state IN ('expired', 'rejected'), NULL, 1) " +
    `WHERE p.id = ${quoted(paymentId)}`
  );
}

export function markRefundDue(paymentId: string): string {
  return `UPDATE payments SET rebook_due = NULL, refund_due = 1 WHERE id = ${quoted(paymentId)}`;
}

/** The order of a payment that is to be given back, unless it was paid by another one or has a successor. */
export function markRefundedOrder(paymentId: string): string {
  return (
    'UPDATE orders o JOIN payments p ON p.order_id = o.id SET o.refunded_amount = o.price_amount * o.quantity ' +
    `WHERE p.id = ${quoted(paymentId)} AND p.refund_due = 1 AND o.state NOT IN ('reserved', 'paid') ` +
    'AND o.refunded_amount IS NULL AND o.rebooked_as IS NULL'
  );
}

export function markRebooked(paymentId: string, orderId: string): string {
  return (
    `UPDATE payments SET rebook_due = NULL, late_for = order_id, order_id = ${quoted(orderId)} ` +
    `WHERE id = ${quoted(paymentId)}`
  );
}

export function rebookOf(orderId: string, endedId: string): string {
  return `UPDATE orders SET rebook_of = ${quoted(endedId)} WHERE id = ${quoted(orderId)}`;
}

export function rebookedAs(endedId: string, orderId: string): string {
  return `UPDATE orders SET rebooked_as = ${quoted(orderId)} WHERE id = ${quoted(endedId)}`;
}
