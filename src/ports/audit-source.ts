import type { LogEntry } from './order-log.ts';

/**
 * The audit sources read what each system holds of a sale, in chunks, so that no server is kept from selling for longer
 * than a few milliseconds. The sale goes on meanwhile, so the chunks are not of one moment: an item that exists from
 * before the first chunk until after the last is in at least one of them, and one that appears or disappears meanwhile
 * may be. Errors: Fault `unavailable`, `timeout`, and `fenced` of the queue.
 */

/** The queue's counts, all of one moment. */
export interface QueueSnapshot {
  readonly epoch: number;
  /** As in {@link import('../domain/stock.ts').Stock}: between two snapshots of the same version no ticket moved. */
  readonly version: number;
  /** The number of tickets that were loaded. */
  readonly total: number;
  /** The number of tickets that the reservations in the ledger hold. */
  readonly held: number;
  /** The number of tickets in the queue. */
  readonly remaining: number;
  /** The number of unpublished reservations: those that are not known to be in the log. */
  readonly pending: number;
}

/** A reservation that holds its tickets. */
export interface LedgerEntry {
  readonly orderId: string;
  /** See Order. */
  readonly tickets: readonly number[];
  readonly userId: string;
  /** Whether it is known to be in the log. */
  readonly published: boolean;
}

export interface QueueAuditSource {
  /** Undefined when the queue does not know the sale. */
  snapshot(saleId: string): Promise<QueueSnapshot | undefined>;

  reservations(saleId: string): AsyncIterable<readonly LedgerEntry[]>;

  /** The tickets in the queue, which are available, in any order. */
  queued(saleId: string): AsyncIterable<readonly number[]>;

  /** The sum, over all buyers, of the tickets that the queue counts towards the buyer's limit. */
  heldByBuyers(saleId: string): Promise<number>;
}

/** The offsets of a partition of the log, from `first` (included) to `next` (excluded). */
export interface LogRange {
  readonly partition: number;
  /** 0, unless older entries were deleted. */
  readonly first: number;
  readonly next: number;
}

/** Entries of one partition, by offset. */
export interface LogPage {
  readonly partition: number;
  readonly entries: readonly LogEntry[];
}

export interface LogAuditSource {
  /** The current range of every partition. */
  ranges(): Promise<readonly LogRange[]>;

  /** All entries of these ranges, each once. */
  entries(ranges: readonly LogRange[]): AsyncIterable<LogPage>;
}

/** A ticket, and the live order that holds it. */
export interface LiveOrder {
  readonly ticket: number;
  readonly orderId: string;
  readonly userId: string;
}

/** An order whose money does not add up. */
export interface WrongMoney {
  readonly orderId: string;
  /**
   * `not paid once`: it is paid, but not by exactly one payment. `money kept`: a payment of an order that is not paid is neither
   * given back nor to buy tickets. `refunds differ`: what it shows as given back is not what was requested.
   */
  readonly kind: 'not paid once' | 'money kept' | 'refunds differ';
}

export interface MoneyAudit {
  /** Payments of the right amount. */
  readonly payments: number;
  /** Those of them that were given back whole, or will be, because they paid nothing. */
  readonly givenBack: number;
  /** At most so many of each kind as were asked for. */
  readonly wrong: readonly WrongMoney[];
}

export interface OrderAuditSource {
  /** The tickets greater than `after`, up to `upTo` (included), that live orders of a sale hold; ascending. */
  liveOrders(saleId: string, after: number, upTo: number): Promise<readonly LiveOrder[]>;

  /** Compares the payments of a sale with its orders. */
  money(saleId: string, limit: number): Promise<MoneyAudit>;

  /** Those of 1 to 1,000 orders that are stored, in whatever state. */
  stored(orderIds: readonly string[]): Promise<readonly string[]>;
}

export interface AuditSources {
  readonly queue: QueueAuditSource;
  readonly log: LogAuditSource;
  readonly orders: OrderAuditSource;
}
