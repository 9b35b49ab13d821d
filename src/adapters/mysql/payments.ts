import type { Order } from '../../domain/order.ts';
import type { Capture, CaptureResult } from '../../ports/order-payments.ts';
import { captureResultOf, isMismatch, type RawPaymentOrder, SELECT_PAYMENT_ORDER } from '../sql/payment-order.ts';
import { orderOfRaw, type RawOrder } from '../sql/raw-order.ts';
import { textOf } from '../sql/text-of.ts';
import { quoted } from './literals.ts';
import { supersedeMismatches } from './mismatch-statements.ts';
import {
  insertEvent,
  insertPayment,
  lockPayment,
  markLate,
  markRebooked,
  markRefundDue,
  markRefundedOrder,
  type PaymentRow,
  rebookedAs,
  rebookOf,
  selectEvent,
} from './payment-statements.ts';
import type { Session } from './session.ts';
import { hold, idList, move, selectOrder } from './transition-statements.ts';

export async function holdOrder(session: Session, ids: string, until: number): Promise<Order | undefined> {
  await session.write(hold(ids, until));
  const [raw] = await session.rows<RawOrder>(selectOrder(ids));
  return raw === undefined ? undefined : orderOfRaw(raw);
}

/**
 * If an event or a payment comes twice at the same moment, the second waits at its unique key until the first has
 * committed. Of two payments, or a payment and another transition, the conditional update lets one move the order.
 * Undefined, and nothing is recorded, if the capture is not of the order's total.
 */
export async function recordCapture(
  session: Session,
  ids: string,
  capture: Capture,
): Promise<CaptureResult | undefined> {
  const [order] = await session.rows<RawOrder>(selectOrder(ids));
  if (order === undefined) return { kind: 'unknownOrder' };
  if (isMismatch(order, capture)) return undefined;

  if ((await session.write(insertEvent(capture))) === 0) {
    const [event] = await session.rows<{ readonly payment_id: string | Uint8Array }>(selectEvent(capture.eventId));
    return resultOf(session, event === undefined ? capture.paymentId : textOf(event.payment_id));
  }
  const isNew = (await session.write(insertPayment(capture, order.sale_id))) > 0;
  if (isNew && (await session.write(move('paid', ids, capture.at))) === 0) {
    await session.write(markLate(capture.paymentId));
    await session.write(markRefundedOrder(capture.paymentId));
  }
  // After the order's lock, so that it finds what another capture of it has recorded.
  if (isNew) await session.write(supersedeMismatches(capture.paymentId));
  return resultOf(session, capture.paymentId);
}

async function resultOf(session: Session, paymentId: string): Promise<CaptureResult> {
  const [raw] = await session.rows<RawPaymentOrder>(SELECT_PAYMENT_ORDER + quoted(paymentId));
  if (raw === undefined) throw new Error('a payment whose event is recorded has no row');
  return captureResultOf(raw);
}

/** Two processes that record the same rebooking wait for each other at the payment's row. */
export async function recordRebooking(
  session: Session,
  paymentId: string,
  orderId: string,
  at: number,
): Promise<'paid' | 'refundDue' | 'unknown'> {
  const [payment] = await session.rows<PaymentRow>(lockPayment(paymentId));
  const ids = idList([orderId]);
  if (payment === undefined || ids === undefined) return 'unknown';
  if (payment.rebook_due === null) return payment.late_for === null ? 'refundDue' : 'paid';
  if ((await session.write(move('paid', ids, at))) === 0) {
    if ((await session.rows(selectOrder(ids))).length === 0) return 'unknown';
    await refundPayment(session, paymentId);
    return 'refundDue';
  }
  await session.write(markRebooked(paymentId, orderId));
  await session.write(rebookOf(orderId, payment.order_id));
  await session.write(rebookedAs(payment.order_id, orderId));
  return 'paid';
}

export async function endRebooking(session: Session, paymentId: string): Promise<void> {
  const [payment] = await session.rows<PaymentRow>(lockPayment(paymentId));
  if (payment !== undefined && payment.rebook_due !== null) await refundPayment(session, paymentId);
}

async function refundPayment(session: Session, paymentId: string): Promise<void> {
  await session.write(markRefundDue(paymentId));
  await session.write(markRefundedOrder(paymentId));
}
