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

/**
 * Ends the older epochs of a sale, in the partition that it stands in: a record of an epoch below this one that comes
 * behind it was never acknowledged to a buyer. A recovery of the queue writes one to every partition.
 */
export interface FenceRecord {
  readonly type: 'fence';
  readonly saleId: string;
  /** The sale's epoch from here on. */
  readonly epoch: number;
}

export type LogRecord = ReservationsRecord | FenceRecord;

/** How many orders these entries of the log carry. */
export function ordersIn(entries: readonly { readonly record: LogRecord | undefined }[]): number {
  return entries.reduce((sum, { record }) => sum + (record?.type === 'reservations' ? record.items.length : 0), 0);
}

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
