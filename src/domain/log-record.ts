import type { Money } from './money.ts';
import type { Order } from './order.ts';

/** One purchase in a log record. */
export interface LoggedReservation {
  readonly orderId: string;
  readonly ticket: number;
  readonly userId: string;
  /** The Idempotency-Key as the queue knows it; see {@link import('../ports/ticket-queue.ts').ReserveItem}. */
  readonly key: string;
  /** Milliseconds since 1970, by the queue's clock. */
  readonly reservedAt: number;
  /** The id that the request's reply and log lines carry. */
  readonly requestId: string;
}

/**
 * A batch of reservations of one sale. It carries all that an order needs, so that the worker never has to
 * ask anybody what a ticket cost when it was sold.
 */
export interface ReservationsRecord {
  readonly type: 'reservations';
  readonly saleId: string;
  readonly productId: string;
  readonly epoch: number;
  readonly price: Money;
  readonly payWithinSeconds: number;
  readonly items: readonly LoggedReservation[];
}

export type LogRecord = ReservationsRecord;

export function orderOf(record: ReservationsRecord, item: LoggedReservation): Order {
  return {
    id: item.orderId,
    saleId: record.saleId,
    productId: record.productId,
    userId: item.userId,
    ticket: item.ticket,
    price: record.price,
    state: 'reserved',
    reservedAt: item.reservedAt,
    payBy: item.reservedAt + record.payWithinSeconds * 1000,
  };
}
