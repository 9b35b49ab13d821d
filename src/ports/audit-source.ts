import type { LogEntry } from './order-log.ts';

/**
 * What each side holds of a sale, for the audit: read only, in chunks, so that no server is kept from selling for longer
 * than a few milliseconds. A sale goes on meanwhile, so chunks are no picture of one moment: what was there from before
 * the first chunk until after the last is in one of them at least once, and what came or went in between may be.
 * Errors: Fault `unavailable`, `timeout`, and of the queue's `fenced`.
 */

/** What the queue counts, all at one moment. */
export interface QueueSnapshot {
  readonly epoch: number;
  /** As in {@link import('../domain/stock.ts').Stock}: two pictures of the same version saw the same tickets sold. */
  readonly version: number;
  /** Tickets that it was loaded with. */
  readonly total: number;
  /** Reservations in the ledger. */
  readonly held: number;
  /** Tickets in the queue. */
  readonly remaining: number;
  /** Reservations that nobody has proved published. */
  readonly pending: number;
}

/** A reservation that holds its ticket. */
export interface LedgerEntry {
  readonly orderId: string;
  readonly ticket: number;
  readonly userId: string;
  /** Somebody has proved that it is in the log. */
  readonly published: boolean;
}

export interface QueueAuditSource {
  /** Undefined when the queue does not know the sale. */
  snapshot(saleId: string): Promise<QueueSnapshot | undefined>;

  reservations(saleId: string): AsyncIterable<readonly LedgerEntry[]>;

  /** Tickets that wait to be sold, in no particular order. */
  queued(saleId: string): AsyncIterable<readonly number[]>;

  /** The orders that the queue counts against the limits of their buyers, over all buyers. */
  heldByBuyers(saleId: string): Promise<number>;
}

/** What a partition of the log holds: offsets from `first` (included) to `next` (excluded). */
export interface LogRange {
  readonly partition: number;
  /** 0, unless the log has let go of older ones. */
  readonly first: number;
  readonly next: number;
}

/** Entries of one partition, in their order. */
export interface LogPage {
  readonly partition: number;
  readonly entries: readonly LogEntry[];
}

export interface LogAuditSource {
  /** Every partition, as it is now. */
  ranges(): Promise<readonly LogRange[]>;

  /** All entries in these ranges, each once. */
  entries(ranges: readonly LogRange[]): AsyncIterable<LogPage>;
}

/** An order that holds a ticket. */
export interface LiveOrder {
  readonly ticket: number;
  readonly orderId: string;
  readonly userId: string;
}

export interface OrderAuditSource {
  /** Live orders of a sale whose ticket is greater than `after`, up to `upTo` (included); by ticket, ascending. */
  liveOrders(saleId: string, after: number, upTo: number): Promise<readonly LiveOrder[]>;

  /** Those of 1 to 1,000 orders that are stored, whatever their state. */
  stored(orderIds: readonly string[]): Promise<readonly string[]>;
}

export interface AuditSources {
  readonly queue: QueueAuditSource;
  readonly log: LogAuditSource;
  readonly orders: OrderAuditSource;
}
