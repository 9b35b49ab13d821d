import type { QueuedSale } from './ticket-queue.ts';

export type QueueState =
  /** All that buyers were told is there, under the epoch that was asked for. */
  | 'sound'
  /** Its last changes may be missing, or it stands at another epoch: nothing is decided until it is rebuilt. */
  | 'lost'
  /** The queue does not know the sale, or not all of its tickets. */
  | 'unknown';

/** A sale as it is to be; its epoch is a new one, raised in the catalogue before. */
export type RebuiltSale = QueuedSale & {
  /** No more reservations. One that the queue has closed stays closed. */
  readonly closed: boolean;
};

/** An order as the store knows it. */
export interface KnownOrder {
  readonly orderId: string;
  readonly ticket: number;
  readonly userId: string;
  /** See ReserveItem. Null for a rejected order, which lost it. */
  readonly key: string | null;
  /** What the key stands for; see ReserveItem. */
  readonly fingerprint: string;
  /** Milliseconds since 1970. */
  readonly reservedAt: number;
  /** It holds its ticket. */
  readonly live: boolean;
}

/** How a step of a recovery ended. */
export type RecoveryStep<Done> =
  | ({ readonly kind: 'done' } & Done)
  /** Another recovery, of this later epoch, has begun or ended. Nothing was done. */
  | { readonly kind: 'superseded'; readonly epoch: number };

export interface RebuildResult {
  /** Tickets that orders hold now. */
  readonly held: number;
  /** How many of those are only in the queue: reserved and never stored, kept, and waiting to be published. */
  readonly survivors: number;
}

/**
 * Repairs a ticket queue that can lose what it has acknowledged: a server in memory that restarted, failed over, or was
 * emptied. Until a lost sale is rebuilt, each call of the {@link import('./ticket-queue.ts').TicketQueue} for it rejects
 * with Fault `fenced`, or answers that the sale is unknown.
 *
 * Errors: Fault `unavailable`, `timeout` (both: unknown, and worth a repetition), `fenced` (what was being rebuilt was
 * lost in its turn: begin anew).
 */
export interface QueueRecovery {
  state(saleId: string, epoch: number): Promise<QueueState>;

  /**
   * Ends the epochs before this one: from here on the queue decides nothing in this sale, and no recovery of an older
   * epoch can end, until the sale was rebuilt. `replicated` tells whether another server may have been the master a moment
   * ago, and may still answer somebody.
   */
  seal(sale: RebuiltSale): Promise<RecoveryStep<{ readonly replicated: boolean }>>;

  /**
   * Makes the sale anew from all the orders that the store knows, each once, in any order and in chunks of any size, and
   * opens it. Tickets that no live order holds are free. Reservations that the queue has and the store does not know stay
   * if nobody else has the ticket or the key, and the buyer's limit allows it: they wait to be published, at once.
   *
   * The sale changes in one step, at the end. Interrupted and repeated is the same, and so is a repetition that comes after
   * the end.
   */
  rebuild(sale: RebuiltSale, orders: AsyncIterable<readonly KnownOrder[]>): Promise<RecoveryStep<RebuildResult>>;

  /** Whether the queue as a whole serves; sales apart, which are sound or lost each for itself. */
  serves(): Promise<boolean>;

  /** The queue may serve again: lost sales have a fence of their own. */
  declareSound(): Promise<void>;
}
