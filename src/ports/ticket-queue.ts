import type { Sale } from '../domain/sale.ts';
import type { Stock } from '../domain/stock.ts';

/** A buyer's attempts are counted in windows that begin with each whole minute since 1970. */
export const ATTEMPT_WINDOW_MS = 60_000;

/**
 * The most orders that a refusal names. A buyer of a sale with a higher limit may hold thousands: neither a decision nor an
 * answer may take longer for that.
 */
export const MAX_HELD_NAMED = 20;

/** One purchase as the queue sees it. */
export interface ReserveItem {
  /** Made by the caller; the same id always gets the same answer. */
  readonly orderId: string;
  readonly userId: string;
  /** Unique per buyer and sale: `k:` and the Idempotency-Key, or `o:` and the order id for a request without one. */
  readonly key: string;
  /** Stands for the request's content: the same key with another fingerprint is a mismatch. */
  readonly fingerprint: string;
  /** How many tickets, 1 to MAX_QUANTITY: the order gets all of them or none. */
  readonly quantity: number;
}

export type ReserveAnswer =
  /** The order holds these tickets, ascending, from this call or an earlier one with the same order id. */
  | { readonly kind: 'reserved'; readonly tickets: readonly number[]; readonly reservedAt: number }
  /** The key was used by an earlier request for this order. An unpublished order must be published before the reply. */
  | {
      readonly kind: 'replayed';
      readonly orderId: string;
      readonly tickets: readonly number[];
      readonly reservedAt: number;
      readonly published: boolean;
    }
  | { readonly kind: 'keyMismatch' }
  /**
   * The buyer would hold more tickets than the limit. With their live orders in this sale, or up to {@link MAX_HELD_NAMED} of
   * them if the limit is higher; none if they hold none and asked for more than the limit.
   */
  | { readonly kind: 'limitReached'; readonly orderIds: readonly string[] }
  /** The buyer has used up the attempts of this window, which ends in `endsInMs` milliseconds. */
  | { readonly kind: 'tooManyAttempts'; readonly endsInMs: number }
  /** As many of the buyer's orders as `maxEnded` have ended: they can place no more in this sale. */
  | { readonly kind: 'tooManyOrders' }
  | { readonly kind: 'soldOut' }
  /** Fewer tickets are left than the item asks for, but some: `remaining`, 1 or more. Later items may get them. */
  | { readonly kind: 'notEnoughLeft'; readonly remaining: number }
  | { readonly kind: 'notStarted' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'closed' };

export type ReserveReply =
  | {
      readonly kind: 'answered';
      /** One for each item, in their order. */
      readonly answers: readonly ReserveAnswer[];
      /** Tickets left after the call. */
      readonly stock: Stock;
    }
  /** The queue does not know the sale. */
  | { readonly kind: 'unknownSale' }
  /** The caller's epoch is not the queue's, which is `epoch`. Nothing was done. */
  | { readonly kind: 'stale'; readonly epoch: number };

/** A reservation that is not known to be published, with all that a log record needs. */
export interface StrandedReservation {
  readonly orderId: string;
  /** See Order. */
  readonly tickets: readonly number[];
  readonly userId: string;
  readonly key: string;
  readonly reservedAt: number;
}

/** An order of whose tickets other live orders hold some. */
export interface ForfeitedOrder {
  readonly orderId: string;
  /** Those of its tickets that others hold: one or more. */
  readonly tickets: readonly number[];
}

/** The part of a sale that the queue needs to decide on a purchase. */
export type QueuedSale = Pick<Sale, 'id' | 'epoch' | 'total' | 'perBuyerLimit' | 'opensAt' | 'closesAt'>;

/** What an admin may change of a sale that the queue has, as of this version of the sale. */
export type ChangedSale = Pick<QueuedSale, 'id' | 'epoch' | 'total' | 'closesAt'> & {
  readonly paused: boolean;
  readonly version: number;
};

/**
 * The single place that decides who gets a ticket. Every call is atomic and may be repeated.
 *
 * Errors: Fault `unavailable`, `timeout` (both: the result is unknown), `fenced` (the sale has to be recovered).
 */
export interface TicketQueue {
  /**
   * Identifies the incarnation of the queue's data of the sale: it changes once that data, or the latest part of it, is
   * lost. Present on queues that can lose what they have acknowledged.
   */
  readonly incarnation?: (saleId: string) => Promise<string>;

  /**
   * Loads tickets 1 to total, all free. A sale that is already loaded is not changed.
   *
   * `incarnation` is the one during which the caller has verified that no ticket was sold; in a later one the load rejects
   * with Fault `fenced`, and so does the load of a sale that was removed. Without it a delayed load could restore a sale
   * that was sold, and lost or removed, in the meantime.
   */
  load(sale: QueuedSale, incarnation?: string): Promise<void>;

  /**
   * Decides on 1 to 256 purchases of one sale, in their order. For each item it returns the key's earlier answer if there
   * is one; else it checks the buyer's attempts, the gate (by the queue's own clock), the buyer's ended orders and their
   * limit, which counts tickets, and takes the next tickets: all that the item asks for, or none.
   *
   * `maxAttempts` limits how many items of a buyer without an earlier answer are decided on in one
   * {@link ATTEMPT_WINDOW_MS}, by the queue's clock and per sale, whatever their result. 0, the default, is unlimited and
   * counts nothing. A refused item that is sent again is another attempt. Counts need not be durable.
   *
   * `maxEnded` limits how many of a buyer's orders may be released, in the sale's lifetime, before they can place no more:
   * what an ended order leaves behind, its key's answer, is kept as long as the sale. 0, the default, is unlimited.
   */
  reserve(
    saleId: string,
    epoch: number,
    items: readonly ReserveItem[],
    maxAttempts?: number,
    maxEnded?: number,
  ): Promise<ReserveReply>;

  /**
   * Marks orders as published, because the log has records of this epoch with them: they need no relay. Unknown orders
   * are ignored. So is a call of another epoch, whose records may be behind the fence that ended it, and be rejected.
   */
  published(saleId: string, epoch: number, orderIds: readonly string[]): Promise<void>;

  /**
   * Returns up to `max` unpublished reservations that were made, or last claimed, more than `leaseMs` ago, oldest first.
   * Each is leased to the caller: no other call gets it for the next `leaseMs`.
   */
  claimStranded(
    saleId: string,
    options: { readonly leaseMs: number; readonly max: number },
  ): Promise<readonly StrandedReservation[]>;

  /**
   * Those of these sales that have any unpublished reservations, stranded or not; it may name others. For a caller that
   * watches many sales of which hardly any has some.
   */
  withUnpublished(saleIds: readonly string[]): Promise<readonly string[]>;

  /**
   * Takes all tickets of these orders back: each goes to the queue's tail, and no longer counts towards the buyer's limit.
   * An order that holds no ticket is ignored, so the call is idempotent. The key keeps its answer. Returns the
   * orders that were released.
   */
  release(saleId: string, orderIds: readonly string[]): Promise<readonly string[]>;

  /**
   * As `release`, for orders of whose tickets other live orders hold some: those don't return to the queue. Such an order does
   * not count as one of the buyer's that have ended.
   */
  forfeit(saleId: string, orders: readonly ForfeitedOrder[]): Promise<void>;

  /**
   * Makes the sale as of its `version`, unless the queue has this version or a later one: so calls may be repeated and arrive
   * in any order. While it is paused it reserves nothing, and replays are still answered. A greater total adds the tickets
   * after the last one; a smaller one is ignored. A sale of another epoch is not changed: `stale`.
   */
  update(sale: ChangedSale): Promise<'updated' | 'stale' | 'unknownSale'>;

  /** Ends reservations permanently; replays are still answered. */
  close(saleId: string, epoch: number): Promise<void>;

  /**
   * Frees all that the queue has of a sale, for good: the queue does not know it any more, whatever state it was in, also if
   * it has to be recovered. The sale is archived in the catalogue, so that no caller loads or rebuilds it.
   */
  remove(saleId: string): Promise<void>;

  /** The remaining tickets; undefined when the queue does not know the sale. The version increases with each change. */
  stock(saleId: string): Promise<Stock | undefined>;

  /** The reservation of an order, while it holds its tickets. */
  find(saleId: string, orderId: string): Promise<StrandedReservation | undefined>;

  /** Resolves when the queue answers, rejects with a Fault otherwise. */
  ping(): Promise<void>;

  /** What an operator should change in its server, as of the last look. Present on queues that can be set up wrongly. */
  readonly warnings?: () => readonly string[];
}
