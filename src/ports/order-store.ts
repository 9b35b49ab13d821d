import type { Order, OrderState } from '../domain/order.ts';
import type { LogPosition } from './order-log.ts';

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
}

/** What the database refused: another live order has the ticket, or the buyer used the key before. */
export interface Rejection {
  readonly order: Order;
  readonly reason: 'ticket' | 'key';
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

export interface SaleCounts {
  /** Orders by state. */
  readonly states: Readonly<Record<OrderState, number>>;
  /** Different tickets that live orders hold. */
  readonly tickets: number;
}

/** The record of truth about orders. Errors: Fault `unavailable` or `timeout`, both worth a retry. */
export interface OrderStore {
  /**
   * Stores a batch and the positions behind it in one transaction; all or nothing. An order id that is there
   * already is left as it is. Within a batch the first of two rivals for a ticket or a key wins.
   */
  store(batch: StoreBatch): Promise<StoreResult>;

  /** Where a group goes on, as of the last stored batch. */
  position(group: string, partition: number): Promise<number | undefined>;

  order(orderId: string): Promise<Order | undefined>;

  /** Newest first. */
  orders(query: OrderQuery): Promise<readonly Order[]>;

  counts(saleId: string): Promise<SaleCounts>;

  /** The greatest order id stored; undefined in an empty store. */
  lastOrderId(): Promise<string | undefined>;

  ping(): Promise<void>;
}
