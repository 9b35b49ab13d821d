import type { Sale } from '../domain/sale.ts';
import type { Stock } from '../domain/stock.ts';

/** A buyer's attempts are counted from one whole minute, since 1970, to the next. */
export const ATTEMPT_WINDOW_MS = 60_000;

/** One purchase as the queue sees it. */
export interface ReserveItem {
  /** Made by the caller; sending it again gives the same answer. */
  readonly orderId: string;
  readonly userId: string;
  /** Unique to the buyer within the sale: `k:` and the Idempotency-Key, or `o:` and the order id without one. */
  readonly key: string;
  /** What the key stands for; the same key with another fingerprint is a mismatch. */
  readonly fingerprint: string;
}

export type ReserveAnswer =
  /** This order id holds this ticket, from this call or an earlier one with the same order id. */
  | { readonly kind: 'reserved'; readonly ticket: number; readonly reservedAt: number }
  /** The key was used before, by another call: its order. An unpublished one must be published before it is answered. */
  | {
      readonly kind: 'replayed';
      readonly orderId: string;
      readonly ticket: number;
      readonly reservedAt: number;
      readonly published: boolean;
    }
  | { readonly kind: 'keyMismatch' }
  /** The live orders that the buyer holds in this sale. */
  | { readonly kind: 'limitReached'; readonly orderIds: readonly string[] }
  /** The buyer has tried as often as the caller lets them, and may again in so many milliseconds. */
  | { readonly kind: 'tooManyAttempts'; readonly endsInMs: number }
  | { readonly kind: 'soldOut' }
  | { readonly kind: 'notStarted' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'closed' };

export type ReserveReply =
  | {
      readonly kind: 'answered';
      /** One to each item, in their order. */
      readonly answers: readonly ReserveAnswer[];
      /** Tickets left after the call. */
      readonly stock: Stock;
    }
  /** The queue does not know the sale. */
  | { readonly kind: 'unknownSale' }
  /** The caller's epoch is not the queue's. Nothing was done. */
  | { readonly kind: 'stale'; readonly epoch: number };

/** A reservation that nobody has proved published, with all that a log record needs. */
export interface StrandedReservation {
  readonly orderId: string;
  readonly ticket: number;
  readonly userId: string;
  readonly key: string;
  readonly reservedAt: number;
}

/** What of a sale the queue needs to judge a purchase. */
export type QueuedSale = Pick<Sale, 'id' | 'epoch' | 'total' | 'perBuyerLimit' | 'opensAt' | 'closesAt'>;

/**
 * The one place that decides who gets a ticket. Every call is atomic, none fails half-way, and each may be
 * repeated without harm. A rejected promise means that what happened is unknown.
 *
 * Errors: Fault `unavailable`, `timeout` (both: unknown), `fenced` (the sale needs recovery).
 */
export interface TicketQueue {
  /**
   * Names the life that the queue's memory of the sale is in; once all of it, or its last part, was lost, another one. There
   * on queues that can lose what they have acknowledged.
   */
  readonly incarnation?: (saleId: string) => Promise<string>;

  /**
   * Loads tickets 1 to total, all free. A sale that is there already is left as it is.
   *
   * `life` is the one in which the caller has made sure that nobody can have bought of the sale; once it is over the load
   * rejects with Fault `fenced`. Without it a load that was held up could put a sale back that has been sold and lost since.
   */
  load(sale: QueuedSale, life?: string): Promise<void>;

  /**
   * Decides on 1 to 256 purchases of one sale, in their order. Each item: the key's earlier answer if there is
   * one, else the buyer's attempts, then the gate (the queue's own clock), then the buyer's limit, then the next ticket.
   *
   * `maxAttempts` is how often a buyer may get beyond the earlier answers in one {@link ATTEMPT_WINDOW_MS} of the sale,
   * whatever comes of it; windows begin with the minutes of the queue's clock. 0, the default, is any number, and counts
   * nothing. An item that is sent again after a refusal is another attempt. Counts may be lost with what is not durable.
   */
  reserve(saleId: string, epoch: number, items: readonly ReserveItem[], maxAttempts?: number): Promise<ReserveReply>;

  /**
   * Records of this epoch with these orders are in the log: nobody needs to relay them. Unknown ones are ignored. So is a
   * caller of another epoch: its records may stand behind the fence that ended that one, and count for nothing.
   */
  published(saleId: string, epoch: number, orderIds: readonly string[]): Promise<void>;

  /**
   * Up to `max` reservations that were taken, or last claimed, more than `leaseMs` ago and are not published,
   * oldest first. Each is leased to the caller: another call gets others until `leaseMs` has gone by again.
   */
  claimStranded(
    saleId: string,
    options: { readonly leaseMs: number; readonly max: number },
  ): Promise<readonly StrandedReservation[]>;

  /**
   * Takes tickets back from these orders: each goes to the queue's tail and frees the buyer's limit. An order that
   * holds no ticket is ignored, so twice is once. The key stays answered. Returns the orders that were released.
   */
  release(saleId: string, orderIds: readonly string[]): Promise<readonly string[]>;

  /**
   * As `release`, for orders whose tickets other live orders hold: the reservations go and the buyers' limits are freed,
   * and no ticket comes back.
   */
  forfeit(saleId: string, orderIds: readonly string[]): Promise<void>;

  /** No more reservations, for ever; replays go on. */
  close(saleId: string, epoch: number): Promise<void>;

  /** Tickets left; undefined when the queue does not know the sale. Its version counts up with each change, for ever. */
  stock(saleId: string): Promise<Stock | undefined>;

  /** The reservation of an order, as long as it holds its ticket; undefined otherwise. */
  find(saleId: string, orderId: string): Promise<StrandedReservation | undefined>;

  /** Resolves when the queue answers, rejects with a Fault otherwise. */
  ping(): Promise<void>;
}
