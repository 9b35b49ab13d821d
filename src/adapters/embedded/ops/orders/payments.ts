import type { Capture, CaptureResult } from '../../../../ports/order-store.ts';
import { captureResultOf, isMismatch, type RawPaymentOrder, SELECT_PAYMENT_ORDER } from '../../../sql/payment-order.ts';
import { orderOfRaw, type RawOrder, SELECT_ORDER } from '../../../sql/raw-order.ts';
import type { Db } from '../../database.ts';
import { writing } from '../op.ts';
import { markMismatchRefunded, recordMismatch, supersedeMismatches } from './mismatch.ts';

const INSERT_EVENT = 'INSERT INTO payment_events (id, payment_id, received_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';

/** Inserts nothing for an unknown order. */
const INSERT_PAYMENT = `
INSERT INTO payments (id, order_id, sale_id, captured_at) SELECT ?, id, sale_id, ? FROM orders WHERE id = ?
ON CONFLICT DO NOTHING`;

const PAY = `UPDATE orders SET state = 'paid', paid_at = ? WHERE id = ? AND state = 'reserved'`;

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
  const isNew = db.run(INSERT_PAYMENT, paymentId, at, orderId) > 0;
  if (isNew) supersedeMismatches(db, paymentId);
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
  markMismatchRefunded(db, paymentId, at);
  return null;
});
