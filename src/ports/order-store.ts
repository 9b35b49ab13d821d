import type { Money } from '../domain/money.ts';
import type { Order, OrderState } from '../domain/order.ts';
import type { LogPosition } from './order-log.ts';
import type { KnownOrder } from './queue-recovery.ts';

/** A fence that stands in one partition of the log; see {@link import('../domain/log-record.ts').FenceRecord}. */
export interface LogFence {
  readonly saleId: string;
  readonly epoch: number;
  /** Where it stands. A repeated one of the same epoch adds nothing: the first counts. */
  readonly offset: number;
}

/** An order as the log tells it, with what makes it unique. */
export interface NewOrder {
  readonly order: Order;
  /** Unique to the buyer within the sale; see ReserveItem. */
  readonly key: string;
}

export interface StoreBatch {
  readonly group: string;
  /** Where the group goes on in each partition once the batch is stored. */
  readonly positions: readonly LogPosition[];
  readonly orders: readonly NewOrder[];
  /** Orders of an epoch that a fence before them ended: no buyer was told of them. @default none */
  readonly refused?: readonly NewOrder[];
  /** Fences among the batch's records. @default none */
  readonly fences?: readonly (LogFence & { readonly partition: number })[];
}

export type RejectionReason =
  /** Another live order has the ticket. */
  | 'ticket'
  /** The buyer used the key before. */
  | 'key'
  /** Its record came behind the fence that ended its epoch. */
  | 'fence';

export interface Rejection {
  readonly order: Order;
  readonly reason: RejectionReason;
}

export interface StoreResult {
  /** Orders that this call stored. */
  readonly stored: number;
  /** Orders that were there before: a redelivery. */
  readonly repeated: number;
  /** Stored with state `rejected`, so that nothing that the log accepted is without a trace. */
  readonly rejected: readonly Rejection[];
}

export interface OrderQuery {
  readonly userId?: string;
  readonly saleId?: string;
  readonly state?: OrderState;
  /** Only orders before this id (newest first). */
  readonly before?: string;
  /** 1 to 201: a page of 200, and one more that tells whether another page follows. */
  readonly limit: number;
}

/** An order as far as a ticket queue cares; see {@link import('./queue-recovery.ts').KnownOrder}. */
export type BookedOrder = Omit<KnownOrder, 'fingerprint'>;

export interface SaleCounts {
  /** Orders by state. */
  readonly states: Readonly<Record<OrderState, number>>;
  /** Different tickets that live orders hold. */
  readonly tickets: number;
}

/** Where a reserved order may go by somebody's wish; `rejected` is the database's alone. */
export type EndState = 'paid' | 'cancelled' | 'expired';

/** An order that ended, and a ticket queue that has not heard of it yet. */
export interface OwedTicket {
  readonly saleId: string;
  readonly orderId: string;
  /** The reservation has to go and the ticket must not come back: another live order holds it. */
  readonly forfeit: boolean;
}

/** A provider's word that it took the money of an order. */
export interface Capture {
  /** Unique to the provider's message; a repeated one changes nothing. */
  readonly eventId: string;
  /** Unique to the payment. */
  readonly paymentId: string;
  readonly orderId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export type CaptureResult =
  /** This capture pays the order, now or earlier. */
  | { readonly kind: 'paid'; readonly order: Order }
  /** The order had ended, or another payment had paid it: this money has to go back, see `refundsDue`. */
  | { readonly kind: 'refundDue'; readonly order: Order }
  /** No such order is stored. Nothing was recorded. */
  | { readonly kind: 'unknownOrder' };

/** Money that has to go back. */
export interface RefundDue {
  readonly paymentId: string;
  readonly orderId: string;
  readonly price: Money;
}

/** What of a sale's orders came to money. */
export interface SaleMoney {
  /** Prices of the paid orders added up, in minor units. */
  readonly revenue: number;
  /** Payments that were taken and went back, or are about to. */
  readonly refunded: number;
}

/** The record of truth about orders. Errors: Fault `unavailable` or `timeout`, both worth a retry. */
export interface OrderStore {
  /**
   * Stores a batch, its fences and the positions behind it in one transaction; all or nothing. An order id that is there
   * already is left as it is. Within a batch the first of two rivals for a ticket or a key wins. One that lost is owed
   * to the queue: by its key alone, with a ticket that no live order holds; if it lost its ticket, as forfeit.
   *
   * Refused orders are stored as rejected, behind the others, and owe nothing: if the queue still knows such a
   * reservation it is unpublished there, and the relay publishes it under the sale's new epoch. For that reason a
   * refusal is the one row that an order of the same id replaces.
   */
  store(batch: StoreBatch): Promise<StoreResult>;

  /** Where a group goes on, as of the last stored batch. */
  position(group: string, partition: number): Promise<number | undefined>;

  /** Fences that the group has passed in a partition, as of the last stored batch. */
  fences(group: string, partition: number): Promise<readonly LogFence[]>;

  /** In how many partitions the group has passed a fence of the sale with this epoch or a later one. */
  fencePassed(group: string, saleId: string, epoch: number): Promise<number>;

  order(orderId: string): Promise<Order | undefined>;

  /** Newest first. */
  orders(query: OrderQuery): Promise<readonly Order[]>;

  /**
   * What a rebuilt ticket queue has to know: the orders of a sale that have, or had, a ticket from `first` to `last`
   * (included), in any order. Those that were refused behind a fence are left out: nobody was told of them.
   */
  booked(saleId: string, first: number, last: number): Promise<readonly BookedOrder[]>;

  counts(saleId: string): Promise<SaleCounts>;

  /**
   * Moves those of 1 to 1,000 orders that are still reserved, each by one conditional update, all in one transaction: of
   * rivals that want the same order exactly one gets it. Returns those that this call moved, as they are now. An order
   * that gave its ticket back is owed to the queue from the same transaction on, until `returned`.
   */
  transition(to: EndState, orderIds: readonly string[], at: number): Promise<readonly Order[]>;

  /** Reserved orders of a sale that had to be paid by `now` or earlier, soonest first. */
  due(saleId: string, now: number, limit: number): Promise<readonly string[]>;

  /** What ended orders owe to the queue, oldest first. */
  owedTickets(limit: number): Promise<readonly OwedTicket[]>;

  /** The queue has heard of these orders' end. Unknown ones are ignored. */
  returned(orderIds: readonly string[]): Promise<void>;

  /**
   * Records a capture, with its event, and pays the order if it is reserved; all in one transaction. The same payment or
   * event again gives the same result.
   */
  capture(capture: Capture): Promise<CaptureResult>;

  /** Oldest first. */
  refundsDue(limit: number): Promise<readonly RefundDue[]>;

  /** The money of this payment went back. */
  refunded(paymentId: string, at: number): Promise<void>;

  money(saleId: string): Promise<SaleMoney>;

  /** The greatest order id stored; undefined in an empty store. */
  lastOrderId(): Promise<string | undefined>;

  ping(): Promise<void>;
}
