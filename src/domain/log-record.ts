import type { Money } from './money.ts';
import type { Order } from './order.ts';
import type { Sale } from './sale.ts';

/** One purchase in a log record. */
export interface LoggedReservation {
  readonly orderId: string;
  /** See Order. */
  readonly tickets: readonly number[];
  readonly userId: string;
  /** The queue's form of the Idempotency-Key; see {@link import('../ports/ticket-queue.ts').ReserveItem}. */
  readonly key: string;
  /** Milliseconds since 1970, by the queue's clock. */
  readonly reservedAt: number;
  /** The request's id, as in its response and in log lines. */
  readonly requestId: string;
}

/** A batch of reservations of one sale. It has all that an order needs, such as the price of a ticket at that time. */
export interface ReservationsRecord {
  readonly type: 'reservations';
  readonly saleId: string;
  readonly productId: string;
  readonly epoch: number;
  readonly price: Money;
  readonly payWithinSeconds: number;
  readonly items: readonly LoggedReservation[];
}

/** What a record has of its sale. */
export type RecordedSale = Pick<Sale, 'id' | 'productId' | 'epoch' | 'price' | 'payWithinSeconds'>;

/**
 * Ends the older epochs of a sale in its partition: a record behind the fence with a smaller epoch is rejected, and no
 * buyer got a 201 for it. A recovery of the queue writes a fence to every partition.
 */
export interface FenceRecord {
  readonly type: 'fence';
  readonly saleId: string;
  /** The sale's epoch behind the fence. */
  readonly epoch: number;
}

export type LogRecord = ReservationsRecord | FenceRecord;

/** The number of orders in these entries of the log. */
export function ordersIn(entries: readonly { readonly record: LogRecord | undefined }[]): number {
  return entries.reduce((sum, { record }) => sum + (record?.type === 'reservations' ? record.items.length : 0), 0);
}

/** The record of reservations of a sale, in its present epoch and on its present terms. */
export function recordOf(
  { id: saleId, productId, epoch, price, payWithinSeconds }: RecordedSale,
  items: readonly LoggedReservation[],
): ReservationsRecord {
  return { type: 'reservations', saleId, productId, epoch, price, payWithinSeconds, items };
}

export function orderOf(record: ReservationsRecord, item: LoggedReservation): Order {
  return {
    id: item.orderId,
    saleId: record.saleId,
    productId: record.productId,
    userId: item.userId,
    tickets: item.tickets,
    price: record.price,
    state: 'reserved',
    reservedAt: item.reservedAt,
    payBy: item.reservedAt + record.payWithinSeconds * 1000,
  };
}
