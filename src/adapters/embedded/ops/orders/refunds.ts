import type { RefundDue, RefundRequest, RefundResult } from '../../../../ports/order-payments.ts';
import { orderOfRaw, type RawOrder, SELECT_ORDER } from '../../../sql/raw-order.ts';
import { decideRefund, PAYING, REFUND_COLUMNS, type RefundRow, recordedRefund } from '../../../sql/refunds.ts';
import { writing } from '../op.ts';
import { markMismatchRefunded } from './mismatch.ts';
import { endTickets } from './transition.ts';

const INSERT = `
INSERT INTO refunds (id, order_id, sale_id, payment_id, amount, asked_amount, return_tickets, reason, requested_by,
  requested_at, refund_due)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`;

export const refund = writing((db, request: RefundRequest): RefundResult => {
  const { id, orderId, returnTickets, reason, by, at } = request;
  const raw = db.get<RawOrder>(SELECT_ORDER, orderId);
  if (raw === undefined) return { kind: 'unknownOrder' };
  const order = orderOfRaw(raw);
  const earlier = db.get<RefundRow>(`SELECT ${REFUND_COLUMNS} FROM refunds WHERE id = ?`, id);
  const payment = db.get<{ readonly id: string }>(`SELECT id FROM payments WHERE order_id = ? AND ${PAYING}`, orderId);
  const decision = decideRefund({ order, earlier, paymentId: payment?.id }, request);
  if (decision.kind !== 'new') return decision;
  const { amount, refunded, paymentId } = decision;
  const asked = request.amount ?? null;
  db.run(INSERT, id, orderId, raw.sale_id, paymentId, amount, asked, returnTickets ? 1 : 0, reason, by, at);
  db.run('UPDATE orders SET refunded_amount = ? WHERE id = ?', refunded, orderId);
  const result = recordedRefund(order, request, decision);
  if (returnTickets) {
    db.run("UPDATE orders SET state = 'cancelled', ended_at = ? WHERE id = ?", at, orderId);
    endTickets(db, [result.order]);
  }
  return result;
});

export interface RefundedArgs extends Pick<RefundDue, 'id' | 'kind'> {
  /** Milliseconds since 1970. */
  readonly at: number;
}

function markRefunded(table: 'payments' | 'refunds'): string {
  return `UPDATE ${table} SET refund_due = NULL, refunded_at = ? WHERE id = ? AND refund_due = 1`;
}

export const refunded = writing((db, { id, kind, at }: RefundedArgs): null => {
  db.run(markRefunded(kind === 'request' ? 'refunds' : 'payments'), at, id);
  if (kind === 'payment') markMismatchRefunded(db, id, at);
  return null;
});
