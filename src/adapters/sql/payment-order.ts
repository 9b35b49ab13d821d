import { totalOf } from '../../domain/order.ts';
import type { Capture, CaptureResult } from '../../ports/order-payments.ts';
import { ORDER_COLUMNS, orderOfRaw, type RawOrder } from './raw-order.ts';

/** Reads a payment and its order, by the payment's id, which is to be appended. The payment's columns come last. */
export const SELECT_PAYMENT_ORDER =
  `SELECT ${ORDER_COLUMNS.replaceAll(/\w+/g, 'o.$&')}, ` +
  'p.refund_due IS NOT NULL OR p.refunded_at IS NOT NULL AS refund, p.rebook_due IS NOT NULL AS rebook ' +
  'FROM payments p JOIN orders o ON o.id = p.order_id WHERE p.id = ';

export interface RawPaymentOrder extends RawOrder {
  /** 1 if the payment is to be refunded, or was refunded. */
  readonly refund: number;
  /** 1 if it shall buy tickets again. */
  readonly rebook: number;
}

/** Whether something else was captured than the order costs, all of its tickets together. */
export function isMismatch(order: RawOrder, { amount }: Capture): boolean {
  const total = totalOf(orderOfRaw(order));
  return amount.amount !== total.amount || amount.currency !== total.currency;
}

export function captureResultOf(raw: RawPaymentOrder): CaptureResult {
  const kind = (raw.rebook === 1 && 'rebookingDue') || (raw.refund === 1 && 'refundDue') || 'paid';
  return { kind, order: orderOfRaw(raw) };
}
