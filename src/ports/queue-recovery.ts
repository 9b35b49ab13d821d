import type { QueuedSale } from './ticket-queue.ts';

export type QueueState =
  /** All that buyers were answered is there, under the epoch that was asked for. */
  | 'sound'
  /** Its last changes may be missing, or it is of another epoch: nothing is decided until it is rebuilt. */
  | 'lost'
  /** The queue does not know the sale, or not all of its tickets. */
  | 'unknown';

/** A sale as it is to be rebuilt, under a new epoch that was raised in the catalogue before. */
export type RebuiltSale = QueuedSale & {
  /** No more reservations. A sale that is closed in the queue stays closed. */
  readonly closed: boolean;
  /** See ChangedSale. */
  readonly paused: boolean;
  readonly version: number;
};

/** An order as the store knows it. */
export interface KnownOrder {
  readonly orderId: string;
  /** See Order. */
  readonly tickets: readonly number[];
  readonly userId: string;
  /** See ReserveItem. Null for a rejected order, which has lost it. */
  readonly key: string | null;
  /** The request that the key stands for; see ReserveItem. */
  readonly fingerprint: string;
  /** Milliseconds since 1970. */
  readonly reservedAt: number;
  /** Whether it holds its tickets. */
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
  /** Reservations that only the queue knew, for they were never stored: they are kept, and are unpublished. */
  readonly survivors: number;
}

/** A step of a recovery that begins. */
export interface RecoveryProgress {
  readonly saleId: string;
  readonly epoch: number;
  readonly step: 'waiting out the deadline' | 'writing fences' | 'waiting for the workers' | 'rebuilding';
}

/** How the recovery of a sale ended. */
export type RecoveryOutcome =
  | ({ readonly kind: 'recovered'; readonly epoch: number; readonly tookMs: number } & RebuildResult)
  /** The sale is sound, or there is no such sale. */
  | { readonly kind: 'notLost' }
  /** Another recovery has overtaken this one, with this later epoch. */
  | { readonly kind: 'superseded'; readonly epoch: number };

/**
 * Repairs a ticket queue that can lose what it has acknowledged: an in-memory server that restarted, failed over, or was
 * emptied. Until a lost sale is rebuilt, each call of the {@link import('./ticket-queue.ts').TicketQueue} for it rejects
 * with Fault `fenced`, or answers that the sale is unknown.
 *
 * Errors: Fault `unavailable`, `timeout` (both: the result is unknown, and the call may be repeated), `fenced` (what was
 * being rebuilt was lost in its turn: start again).
 */
export interface QueueRecovery {
  state(saleId: string, epoch: number): Promise<QueueState>;

  /**
   * Ends the epochs before this one: from now on the queue decides nothing in this sale, and no recovery of an older
   * epoch can complete, until the sale is rebuilt. `replicated` says that another server may have been the master a
   * moment ago, and may still answer some fronts.
   */
  seal(sale: RebuiltSale): Promise<RecoveryStep<{ readonly replicated: boolean }>>;

  /**
   * Rebuilds the sale from all the orders that the store knows, each once, in any order and in chunks of any size, and
   * opens it. Tickets that no live order holds are free. Reservations that the queue has and the store does not know are
   * kept if no other order has one of the tickets or the key and the buyer's limit allows it; they can be claimed by the relay
   * at once.
   *
   * The sale changes in one step, at the end. An interrupted rebuild may be repeated, and so may one that completed.
   */
  rebuild(sale: RebuiltSale, orders: AsyncIterable<readonly KnownOrder[]>): Promise<RecoveryStep<RebuildResult>>;

  /** Whether the queue as a whole serves. Each sale is sound or lost independently of that. */
  serves(): Promise<boolean>;

  /**
   * Identifies the incarnation of all of the queue's data: while it is the same, what was sound stays sound, as far as the
   * queue itself can tell. Undefined while the queue does not serve, or if its data is on several servers.
   */
  readonly incarnation?: () => Promise<string | undefined>;

  /** Lets the queue serve again: each lost sale has a fence of its own. */
  declareSound(): Promise<void>;
}
