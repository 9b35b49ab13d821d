import type { Order } from '../../../../domain/order.ts';
import type { Capture, CaptureResult } from '../../../../ports/order-payments.ts';
import { captureResultOf, isMismatch, type RawPaymentOrder, SELECT_PAYMENT_ORDER } from '../../../sql/payment-order.ts';
import { orderOfRaw, type RawOrder, SELECT_ORDER } from '../../../sql/raw-order.ts';
import type { Db } from '../../database.ts';
import { writing } from '../op.ts';
import { recordMismatch, supersedeMismatches } from './mismatch.ts';

const INSERT_EVENT = 'INSERT INTO payment_events (id, payment_id, received_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';

/** Inserts nothing for an unknown order. */
const INSERT_PAYMENT = `
INSERT INTO payments (id, order_id, sale_id, captured_at) SELECT ?, id, sale_id, ? FROM orders WHERE id = ?
ON CONFLICT DO NOTHING`;

const PAY = `UPDATE orders SET state = 'paid', paid_at = ? WHERE id = ? AND state = 'reserved'`;

const MARK_REBOOK_DUE = 'UPDATE payments SET rebook_due = 1 WHERE id = ?';
const MARK_REFUND_DUE = 'UPDATE payments SET rebook_due = NULL, refund_due = 1 WHERE id = ?';

/** What a payment of an order that had ended, or was paid by another one, is to give back. */
const REFUND_ORDER = `
UPDATE orders SET refunded_amount = price_amount * quantity
WHERE id = ? AND state NOT IN ('reserved', 'paid') AND refunded_amount IS NULL AND rebooked_as IS NULL`;

export interface HoldArgs {
  readonly orderId: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

export const holdForPayment = writing((db, { orderId, until }: HoldArgs): Order | null => {
  const hold = `UPDATE orders SET held_until = ? WHERE id = ? AND state = 'reserved' AND held_until IS NULL`;
  db.run(hold, until, orderId);
  const raw = db.get<RawOrder>(SELECT_ORDER, orderId);
  return raw === undefined ? null : orderOfRaw(raw);
});

export const endHold = writing((db, orderId: string): null => {
  db.run("UPDATE orders SET held_until = NULL WHERE id = ? AND state = 'reserved'", orderId);
  return null;
});

export const capture = writing((db, event: Capture): CaptureResult => {
  const { eventId, paymentId, orderId, at } = event;
  const raw = db.get<RawOrder>(SELECT_ORDER, orderId);
  if (raw === undefined) return { kind: 'unknownOrder' };
  if (isMismatch(raw, event)) {
    recordMismatch(db, event);
    return { kind: 'mismatch', order: orderOfRaw(raw) };
  }
  if (db.run(INSERT_EVENT, eventId, paymentId, at) === 0) {
    const known = db.get<{ readonly payment_id: string }>(
      'SELECT payment_id FROM payment_events WHERE id = ?',
      eventId,
    );
    return resultOf(db, known?.payment_id ?? paymentId);
  }
  if (db.run(INSERT_PAYMENT, paymentId, at, orderId) > 0) {
    supersedeMismatches(db, paymentId);
    if (db.run(PAY, at, orderId) === 0) recordLate(db, paymentId, raw);
  }
  return resultOf(db, paymentId);
});

function recordLate(db: Db, paymentId: string, { id, state }: RawOrder): void {
  if (state === 'expired' || state === 'rejected') db.run(MARK_REBOOK_DUE, paymentId);
  else refundPayment(db, paymentId, id);
}

function refundPayment(db: Db, paymentId: string, orderId: string): void {
  db.run(MARK_REFUND_DUE, paymentId);
  db.run(REFUND_ORDER, orderId);
}

function resultOf(db: Db, paymentId: string): CaptureResult {
  const raw = db.get<RawPaymentOrder>(`${SELECT_PAYMENT_ORDER}?`, paymentId);
  if (raw === undefined) throw new Error('a payment whose event is recorded has no row');
  return captureResultOf(raw);
}

export interface RebookedArgs {
  readonly paymentId: string;
  /** The order that the payment has bought. */
  readonly orderId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

interface PaymentRow {
  readonly order_id: string;
  readonly rebook_due: number | null;
  readonly late_for: string | null;
}

const SELECT_PAYMENT = 'SELECT order_id, rebook_due, late_for FROM payments WHERE id = ?';

export const rebooked = writing((db, { paymentId, orderId, at }: RebookedArgs): 'paid' | 'refundDue' | 'unknown' => {
  const payment = db.get<PaymentRow>(SELECT_PAYMENT, paymentId);
  if (payment === undefined || db.get(SELECT_ORDER, orderId) === undefined) return 'unknown';
  const { order_id: ended, rebook_due, late_for } = payment;
  if (rebook_due === null) return late_for === null ? 'refundDue' : 'paid';
  if (db.run(PAY, at, orderId) === 0) {
    refundPayment(db, paymentId, ended);
    return 'refundDue';
  }
  db.run('UPDATE payments SET rebook_due = NULL, order_id = ?, late_for = ? WHERE id = ?', orderId, ended, paymentId);
  db.run('UPDATE orders SET rebook_of = ? WHERE id = ?', ended, orderId);
  db.run('UPDATE orders SET rebooked_as = ? WHERE id = ?', orderId, ended);
  return 'paid';
});

export const notRebooked = writing((db, paymentId: string): null => {
  const payment = db.get<PaymentRow>(SELECT_PAYMENT, paymentId);
  if (payment?.rebook_due === 1) refundPayment(db, paymentId, payment.order_id);
  return null;
});
