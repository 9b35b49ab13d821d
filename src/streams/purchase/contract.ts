import type { Observable } from 'rxjs';
import type { IdSource } from '../../domain/ids.ts';
import type { PurchaseOutcome } from '../../domain/purchase.ts';
import type { Sale } from '../../domain/sale.ts';
import type { Stock } from '../../domain/stock.ts';
import type { AtomicSale } from '../../ports/atomic-sale.ts';
import type { Clock } from '../../ports/clock.ts';
import type { OrderLog } from '../../ports/order-log.ts';
import type { TicketQueue } from '../../ports/ticket-queue.ts';
import type { Deadline } from '../../resilience/deadline.ts';
import type { Policy } from '../../resilience/policy.ts';
import type { BatchLoad } from '../operators/batch-map.ts';
import type { PurchaseRequest } from './request.ts';

export interface PurchasePorts {
  readonly queue: Pick<TicketQueue, 'reserve' | 'published'>;
  readonly log: Pick<OrderLog, 'append' | 'writable'>;
  /**
   * Reserves and publishes in one step, where queue and log are one database; queue and log are then not called
   * separately.
   */
  readonly atomicSale?: AtomicSale;
  /** The sales held in memory; see services/sales.ts. */
  readonly sales: {
    readonly known: (saleId: string) => Sale | undefined;
    readonly find: (saleId: string) => Promise<Sale | undefined>;
    readonly forget: (saleId: string) => void;
    readonly observe: (saleId: string, stock: Stock) => void;
  };
  readonly newId: IdSource;
  readonly clock: Clock;
  readonly policies: { readonly queue: Policy; readonly log: Policy };
  /** Decides which requests are late. Follows `limits$`. */
  readonly deadline: Deadline;
}

export interface PurchaseLimits {
  /** Maximum number of purchases in one call of the queue. */
  readonly batchSize: number;
  /** Maximum number of batches in flight. */
  readonly concurrency: number;
  /** Maximum number of purchases waiting for a batch; more are refused. */
  readonly capacity: number;
  /** Milliseconds after which a purchase takes no ticket and is not answered 2xx. */
  readonly deadlineMs: number;
  /** Milliseconds for which a sale that had too few tickets left counts as having no more without calling the queue. */
  readonly soldOutMs: number;
  /** Maximum number of attempts of a buyer in one sale per minute; 0: unlimited. See TicketQueue.reserve. */
  readonly attempts: number;
}

export interface PurchaseOptions extends PurchaseLimits {
  /** Each value replaces the limits. */
  readonly limits$?: Observable<PurchaseLimits>;
  /** The ids of sales that were changed: what is remembered of them is forgotten. */
  readonly changed$?: Observable<string>;
  /** Orders of a buyer in one sale that may end before they can place no more. See TicketQueue.reserve. @default 0: unlimited */
  readonly maxEnded?: number;
  readonly schedule?: (task: () => void) => void;
  /** See BatchMapOptions. */
  readonly onSubscribe?: (load: BatchLoad) => void;
  /**
   * A published reservation could not be marked as published: the relay will publish it once more, which has no effect.
   */
  readonly onUnmarked?: (error: unknown) => void;
}

/** Requests and their outcomes, in the same order. */
export interface AnsweredBatch {
  readonly saleId: string;
  readonly requests: readonly PurchaseRequest[];
  readonly outcomes: readonly PurchaseOutcome[];
  /** Why outcomes are `unavailable` or `recovering`. */
  readonly fault?: unknown;
  /** Milliseconds that queue and log took, if the queue was called. */
  readonly tookMs?: number;
  /** Refused for lack of capacity, without ever being in flight. */
  readonly isShed?: true;
}
