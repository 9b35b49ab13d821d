import type { RefundRequest, RefundResult } from '../../ports/order-payments.ts';
import { orderOfRaw, type RawOrder } from '../sql/raw-order.ts';
import { decideRefund, PAYING, REFUND_COLUMNS, type RefundRow, recordedRefund } from '../sql/refunds.ts';
import { ticketsBySale } from '../sql/stored-tickets.ts';
import { textOf } from '../sql/text-of.ts';
import { quoted } from './literals.ts';
import type { Session } from './session.ts';
import { endTickets, idList, insertTicketReturns, lockOrders } from './transition-statements.ts';

/** Refunds of one order wait for each other at its row. */
export async function recordRefund(session: Session, request: RefundRequest): Promise<RefundResult> {
  const { id, orderId, returnTickets, at } = request;
  const ids = idList([orderId]);
  const [raw] = ids === undefined ? [] : await session.rows<RawOrder>(lockOrders(ids));
  if (ids === undefined || raw === undefined) return { kind: 'unknownOrder' };
  const order = orderOfRaw(raw);
  const [earlier] = await session.rows<RefundRow>(`SELECT ${REFUND_COLUMNS} FROM refunds WHERE id = ${quoted(id)}`);
  const [payment] = await session.rows<{ readonly id: string | Uint8Array }>(
    `SELECT id FROM payments WHERE order_id = ${quoted(orderId)} AND ${PAYING}`,
  );
  const paymentId = payment === undefined ? undefined : textOf(payment.id);
  const decision = decideRefund({ order, earlier, paymentId }, request);
  if (decision.kind !== 'new') return decision;
  await session.write(insertRefund(request, raw.sale_id, decision));
  const cancelled = returnTickets ? `, state = 'cancelled', ended_at = ${at}` : '';
  await session.write(`UPDATE orders SET refunded_amount = ${decision.refunded}${cancelled} WHERE id IN (${ids})`);
  if (returnTickets) {
    for (const [saleId, tickets] of ticketsBySale([order])) await session.write(endTickets(saleId, tickets));
    await session.write(insertTicketReturns(ids));
  }
  return recordedRefund(order, request, decision);
}

function insertRefund(
  { id, orderId, amount: asked, returnTickets, reason, by, at }: RefundRequest,
  saleId: string,
  { paymentId, amount }: { readonly paymentId: string; readonly amount: number },
): string {
  return (
    'INSERT INTO refunds (id, order_id, sale_id, payment_id, amount, asked_amount, return_tickets, reason, ' +
    `requested_by, requested_at, refund_due) VALUES (${quoted(id)}, ${quoted(orderId)}, ${quoted(saleId)}, ` +
    `${quoted(paymentId)}, ${amount}, ${asked ?? 'NULL'}, ${returnTickets ? 1 : 0}, ${quoted(reason)}, ${quoted(by)}, ` +
    `${at}, 1)`
  );
}

export function markRequestRefunded(id: string, at: number): string {
  return `UPDATE refunds SET refund_due = NULL, refunded_at = ${at} WHERE id = ${quoted(id)} AND refund_due = 1`;
}
