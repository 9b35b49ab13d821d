import type { Order, OrderState } from '../../domain/order.ts';
import type { RejectionReason } from '../../ports/order-store.ts';
import { ticketsOf } from './stored-tickets.ts';

/** A row of `orders`, with null for missing values and without the number of tickets, which follows from them. */
export interface OrderRow {
  id: string;
  saleId: string;
  productId: string;
  userId: string;
  /** Null for a rejected order. */
  idemKey: string | null;
  /** The lowest one. */
  ticket: number;
  /** See stored-tickets.ts. */
  moreTickets: string | null;
  priceAmount: number;
  priceCurrency: string;
  state: OrderState;
  reservedAt: number;
  payBy: number;
  paidAt: number | null;
  endedAt: number | null;
  heldUntil: number | null;
  /** In minor units. */
  refundedAmount: number | null;
  rebookedAs: string | null;
  rebookOf: string | null;
  /** Why it was rejected. */
  reason: RejectionReason | null;
}

export function orderOfRow(row: Omit<OrderRow, 'idemKey' | 'reason'>): Order {
  return {
    id: row.id,
    saleId: row.saleId,
    productId: row.productId,
    userId: row.userId,
    tickets: ticketsOf(row.ticket, row.moreTickets),
    price: { amount: row.priceAmount, currency: row.priceCurrency },
    state: row.state,
    reservedAt: row.reservedAt,
    payBy: row.payBy,
    ...(row.paidAt === null ? {} : { paidAt: row.paidAt }),
    ...(row.endedAt === null ? {} : { endedAt: row.endedAt }),
    // Only a reserved order can expire.
    ...(row.heldUntil === null || row.state !== 'reserved' ? {} : { heldUntil: row.heldUntil }),
    ...(row.refundedAmount === null ? {} : { refunded: { amount: row.refundedAmount, currency: row.priceCurrency } }),
    ...(row.rebookedAs === null ? {} : { rebookedAs: row.rebookedAs }),
    ...(row.rebookOf === null ? {} : { rebookOf: row.rebookOf }),
  };
}
