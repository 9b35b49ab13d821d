import type { Order, OrderState } from '../domain/order.ts';
import type { LogPosition } from './order-log.ts';
import type { OrderPayments } from './order-payments.ts';
import type { KnownOrder } from './queue-recovery.ts';

/** A fence in one partition of the log; see {@link import('../domain/log-record.ts').FenceRecord}. */
export interface LogFence {
  readonly saleId: string;
  readonly epoch: number;
  /** Its offset. Of several fences of the same epoch the first counts. */
  readonly offset: number;
}

/** An order from the log, with its idempotency key. */
export interface NewOrder {
  readonly order: Order;
  /** Unique per buyer and sale; see ReserveItem. */
  readonly key: string;
}

export interface StoreBatch {
  readonly group: string;
  /** Where the group continues in each partition once the batch is stored. */
  readonly positions: readonly LogPosition[];
  readonly orders: readonly NewOrder[];
  /** Orders that a fence rejects: it ended their epoch before their record, and no buyer got a 201. @default none */
  readonly fenced?: readonly NewOrder[];
  /** Fences among the batch's records. @default none */
  readonly fences?: readonly (LogFence & { readonly partition: number })[];
}

export type RejectionReason =
  /** Another live order holds one of the tickets. */
  | 'ticket'
  /** Another order of the buyer has the key. */
  | 'key'
  /** The order's record is behind the fence that ended its epoch. */
  | 'fence';

export interface Rejection {
  readonly order: Order;
  readonly reason: RejectionReason;
}

export interface StoreResult {
  /** The number of orders that this call stored. */
  readonly stored: number;
  /** The number of orders that were stored before: a redelivery. */
  readonly repeated: number;
  /** Orders stored with state `rejected`, so that there is a trace of all that the log accepted. */
  readonly rejected: readonly Rejection[];
}

export interface OrderQuery {
  readonly userId?: string;
  readonly saleId?: string;
  readonly state?: OrderState;
  /** Only orders with a smaller id, which are older. */
  readonly before?: string;
  /** 1 to 201: a page of 200, and one more that shows whether another page follows. */
  readonly limit: number;
}

/** Which orders an admin looks for, and where the page begins. */
export interface OrderSearch {
  readonly saleId?: string;
  readonly userId?: string;
  readonly state?: OrderState;
  /** One of the order's tickets, which it holds or has held. */
  readonly ticket?: number;
  /** Reserved at this time or later, milliseconds since 1970. */
  readonly from?: number;
  /** Reserved before this time, milliseconds since 1970. */
  readonly to?: number;
  /** A part of the order's or of the user's id, ASCII letters in either case. Not empty. */
  readonly text?: string;
  readonly order: 'newest' | 'oldest';
  /** The id of the last order of the page before. Nothing follows an order that is not stored. @default the first page */
  readonly after?: string;
  /** 1 or more. */
  readonly limit: number;
}

/** The part of an order that a ticket queue needs; see {@link import('./queue-recovery.ts').KnownOrder}. */
export type BookedOrder = Omit<KnownOrder, 'fingerprint'>;

export interface SaleCounts {
  /** The number of orders in each state. */
  readonly states: Readonly<Record<OrderState, number>>;
  /** The number of different tickets that live orders hold. */
  readonly tickets: number;
}

/** The states that a transition may lead to; `rejected` is set by the store itself. */
export type EndState = 'paid' | 'cancelled' | 'expired';

/** An ended order whose tickets have yet to be returned to the queue. */
export interface OwedTickets {
  readonly saleId: string;
  readonly orderId: string;
  /** How many tickets the order had. */
  readonly quantity: number;
  /** Those that another live order held when this one was stored: they must not return to the queue. */
  readonly heldByOthers: readonly number[];
}

/** The system of record for orders. Errors: Fault `unavailable` or `timeout`; a call may be repeated. */
export interface OrderStore extends OrderPayments {
  /**
   * Stores a batch, its fences and the positions behind it in one transaction; all or nothing. An order that is stored
   * already is not changed. Of two orders in a batch with a common ticket or the same key the first wins. The loser is stored
   * as rejected, all of it, and owes its tickets to the queue: those that the others do not hold are to be returned.
   *
   * Fenced orders are stored as rejected, after the others, and owe nothing: if the queue still has such a reservation it
   * is unpublished there, and the relay publishes it under the sale's new epoch. That is why the row of a fenced order is
   * the only one that an order with the same id replaces.
   */
  store(batch: StoreBatch): Promise<StoreResult>;

  /** Where a group continues, as of the last stored batch. Undefined before its first one. */
  position(group: string, partition: number): Promise<number | undefined>;

  /** Fences that the group has passed in a partition, as of the last stored batch. */
  fences(group: string, partition: number): Promise<readonly LogFence[]>;

  /** The number of partitions in which the group has passed a fence of the sale with this or a later epoch. */
  fencePassed(group: string, saleId: string, epoch: number): Promise<number>;

  order(orderId: string): Promise<Order | undefined>;

  /** Newest first. */
  orders(query: OrderQuery): Promise<readonly Order[]>;

  /**
   * A page of the orders that match all that is given. Those of one sale, or of one user, are sorted by the time of their
   * reservation and then by id; those of all are sorted by id, which begins with the time that its front read. What is
   * stored or changed meanwhile moves no other order to another page. With a sale or a user, and without a text, a page is
   * read along an index; otherwise a search may read all orders.
   */
  search(search: OrderSearch): Promise<readonly Order[]>;

  /**
   * The orders that a rebuilt ticket queue has to know: those of a sale whose lowest ticket, held or not any more, is from
   * `first` to `last` (included), in any order. Orders that a fence rejected are left out: no buyer got a 201 for them.
   */
  booked(saleId: string, first: number, last: number): Promise<readonly BookedOrder[]>;

  counts(saleId: string): Promise<SaleCounts>;

  /**
   * Moves those of 1 to 1,000 orders that are still reserved, each by one conditional update, all in one transaction: of
   * concurrent calls for the same order exactly one succeeds. Returns the orders that this call moved, in their new state. An
   * order that is held for a payment beyond `at` does not expire.
   * From the same transaction on, a cancelled or expired order owes its tickets to the queue, until `returned`.
   */
  transition(to: EndState, orderIds: readonly string[], at: number): Promise<readonly Order[]>;

  /**
   * The ids of the sale's reserved orders that had to be paid by `now` or earlier and are not held for a payment, earliest
   * deadline first.
   */
  due(saleId: string, now: number, limit: number): Promise<readonly string[]>;

  /** Those of these sales that have an order that is `due` by `now`; it may name sales whose earliest order is held. */
  salesDue(saleIds: readonly string[], now: number): Promise<readonly string[]>;

  /** The ended orders that owe their tickets to the queue, oldest first. */
  owedTickets(limit: number): Promise<readonly OwedTickets[]>;

  /** Marks the tickets of these orders as returned, or forfeit, in the queue. Unknown orders are ignored. */
  returned(orderIds: readonly string[]): Promise<void>;

  /** The greatest stored order id; undefined in an empty store. */
  lastOrderId(): Promise<string | undefined>;

  ping(): Promise<void>;
}
