import type { Capture, CaptureResult } from '../../../../ports/order-store.ts';
import { captureResultOf, type RawPaymentOrder, SELECT_PAYMENT_ORDER } from '../../../sql/payment-order.ts';
import type { Db } from '../../database.ts';
import { writing } from '../op.ts';

const INSERT_EVENT = 'INSERT INTO payment_events (id, payment_id, received_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';

/** Inserts nothing for an unknown order. */
const INSERT_PAYMENT = `
INSERT INTO payments (id, order_id, sale_id, captured_at) SELECT ?, id, sale_id, ? FROM orders WHERE id = ?
ON CONFLICT DO NOTHING`;

const PAY = `UPDATE orders SET state = 'paid', paid_at = ? WHERE id = ? AND state = 'reserved'`;

export const capture = writing((db, { eventId, paymentId, orderId, at }: Capture): CaptureResult => {
  if (db.get('SELECT 1 FROM orders WHERE id = ?', orderId) === undefined) return { kind: 'unknownOrder' };
  if (db.run(INSERT_EVENT, eventId, paymentId, at) === 0) {
    const event = db.get<{ readonly payment_id: string }>(
      'SELECT payment_id FROM payment_events WHERE id = ?',
      eventId,
    );
    return resultOf(db, event?.payment_id ?? paymentId);
  }
  const isNew = db.run(INSERT_PAYMENT, paymentId, at, orderId) > 0;
  if (isNew && db.run(PAY, at, orderId) === 0) db.run('UPDATE payments SET refund_due = 1 WHERE id = ?', paymentId);
  return resultOf(db, paymentId);
});

function resultOf(db: Db, paymentId: string): CaptureResult {
  const raw = db.get<RawPaymentOrder>(`${SELECT_PAYMENT_ORDER}?`, paymentId);
  if (raw === undefined) throw new Error('a payment whose event is recorded has no row');
  return captureResultOf(raw);
}

export interface RefundedArgs {
  readonly paymentId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export const refunded = writing((db, { paymentId, at }: RefundedArgs): null => {
  db.run('UPDATE payments SET refund_due = NULL, refunded_at = ? WHERE id = ? AND refund_due = 1', at, paymentId);
  return null;
});
