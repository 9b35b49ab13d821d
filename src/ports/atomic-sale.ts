import type { Sale } from '../domain/sale.ts';
import type { ReserveItem, ReserveReply } from './ticket-queue.ts';

/** One purchase as the queue sees it, with what its log record needs besides. */
export interface SellItem extends ReserveItem {
  /** The request's id, as in its response and in log lines. */
  readonly requestId: string;
}

/** The part of a sale that the queue needs to find it, and its log record contains. */
export type SoldSale = Pick<Sale, 'id' | 'epoch' | 'productId' | 'price' | 'payWithinSeconds'>;

/** Purchases in one transaction instead of two, where the ticket queue and the order log are in one database. */
export interface AtomicSale {
  /**
   * As {@link import('./ticket-queue.ts').TicketQueue.reserve}, and appends the record of all its reservations to the
   * log in the same transaction. A purchase answered `reserved` is durable in the log and needs no relay; one answered
   * `replayed` says whether it is published. All or nothing; it may be repeated.
   *
   * Errors: Fault `unavailable`, `timeout` (both: the result is unknown).
   */
  sell(sale: SoldSale, items: readonly SellItem[], maxAttempts?: number, maxEnded?: number): Promise<ReserveReply>;
}
