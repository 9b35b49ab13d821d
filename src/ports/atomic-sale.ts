import type { Sale } from '../domain/sale.ts';
import type { ReserveItem, ReserveReply } from './ticket-queue.ts';

/** One purchase as the queue sees it, with what its log record needs besides. */
export interface SellItem extends ReserveItem {
  /** The id that the request's reply and log lines carry. */
  readonly requestId: string;
}

/** What of a sale the queue needs to find it, and a log record to tell of it. */
export type SoldSale = Pick<Sale, 'id' | 'epoch' | 'productId' | 'price' | 'payWithinSeconds'>;

/** Where the ticket queue and the order log are one database: a purchase is one transaction instead of two. */
export interface AtomicSale {
  /**
   * {@link import('./ticket-queue.ts').TicketQueue.reserve}, with the record of all that it gives away appended to the
   * log in the same transaction: what is answered `reserved` is durable in the log and needs no relay, what is answered
   * `replayed` tells whether it is. All or nothing, and it may be repeated without harm.
   *
   * Errors: Fault `unavailable`, `timeout` (both: unknown).
   */
  sell(sale: SoldSale, items: readonly SellItem[], maxAttempts?: number): Promise<ReserveReply>;
}
