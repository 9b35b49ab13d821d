import { type Order, totalOf } from '../../domain/order.ts';
import type { Refund, RefundRequest, RefundResult } from '../../ports/order-payments.ts';
import { textOf } from './text-of.ts';

/** A row of `refunds`. */
export interface RefundRow {
  readonly id: string;
  readonly order_id: string;
  readonly amount: number;
  readonly asked_amount: number | null;
  readonly return_tickets: number;
  readonly reason: string;
  readonly requested_by: string | Uint8Array;
  readonly requested_at: number;
  readonly refunded_at: number | null;
}

export const REFUND_COLUMNS =
  'id, order_id, amount, asked_amount, return_tickets, reason, requested_by, requested_at, refunded_at';

/** The payment that pays an order: the only one of it that is neither given back nor to buy tickets. */
export const PAYING = 'refund_due IS NULL AND refunded_at IS NULL AND rebook_due IS NULL';

export interface RefundState {
  readonly order: Order;
  /** The refund that has the request's id already. */
  readonly earlier: RefundRow | undefined;
  /** The id of the payment that pays the order. */
  readonly paymentId: string | undefined;
}

export type RefundDecision =
  | Exclude<RefundResult, { readonly kind: 'unknownOrder' }>
  /** To be recorded: `amount` minor units, after which `refunded` of the order's total are given back. */
  | { readonly kind: 'new'; readonly amount: number; readonly refunded: number; readonly paymentId: string };

/** Decides on a request, under a lock of its order. */
export function decideRefund({ order, earlier, paymentId }: RefundState, request: RefundRequest): RefundDecision {
  if (earlier !== undefined) {
    if (!repeats(earlier, request)) return { kind: 'idTaken' };
    return { kind: 'refunded', order, refund: refundOfRow(earlier, order), repeated: true };
  }
  const before = order.refunded?.amount ?? 0;
  const left = totalOf(order).amount - before;
  if (order.state !== 'paid' || paymentId === undefined || left === 0) return { kind: 'notRefundable', order };
  const amount = request.amount ?? left;
  if (amount > left) return { kind: 'tooMuch', order, left };
  if (request.returnTickets && amount < left) return { kind: 'keepsMoney', order, left };
  return { kind: 'new', amount, refunded: before + amount, paymentId };
}

function repeats(earlier: RefundRow, { orderId, amount, returnTickets, reason }: RefundRequest): boolean {
  return (
    earlier.order_id === orderId &&
    (earlier.asked_amount ?? undefined) === amount &&
    (earlier.return_tickets === 1) === returnTickets &&
    earlier.reason === reason
  );
}

export function refundOfRow(row: RefundRow, { price: { currency } }: Pick<Order, 'price'>): Refund {
  return {
    id: row.id,
    orderId: row.order_id,
    amount: { amount: row.amount, currency },
    returnTickets: row.return_tickets === 1,
    reason: row.reason,
    by: textOf(row.requested_by),
    at: row.requested_at,
    ...(row.refunded_at === null ? {} : { refundedAt: row.refunded_at }),
  };
}

/** What a new refund looks like, and its order after it. */
export function recordedRefund(
  order: Order,
  { id, orderId, returnTickets, reason, by, at }: RefundRequest,
  { amount, refunded }: { readonly amount: number; readonly refunded: number },
): Extract<RefundResult, { readonly kind: 'refunded' }> {
  const { currency } = order.price;
  return {
    kind: 'refunded',
    order: {
      ...order,
      refunded: { amount: refunded, currency },
      ...(returnTickets ? { state: 'cancelled', endedAt: at } : {}),
    },
    refund: { id, orderId, amount: { amount, currency }, returnTickets, reason, by, at },
    repeated: false,
  };
}
