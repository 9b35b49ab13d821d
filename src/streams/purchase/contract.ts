import type { Observable } from 'rxjs';
import type { IdSource } from '../../domain/ids.ts';
import type { PurchaseOutcome } from '../../domain/purchase.ts';
import type { Sale } from '../../domain/sale.ts';
import type { Stock } from '../../domain/stock.ts';
import type { AtomicSale } from '../../ports/atomic-sale.ts';
import type { Clock } from '../../ports/clock.ts';
import type { OrderLog } from '../../ports/order-log.ts';
import type { TicketQueue } from '../../ports/ticket-queue.ts';
import type { Policy } from '../../resilience/policy.ts';
import type { BatchLoad } from '../operators/batch-map.ts';
import type { PurchaseRequest } from '../purchase-request.ts';

export interface PurchasePorts {
  readonly queue: Pick<TicketQueue, 'reserve' | 'published'>;
  readonly log: Pick<OrderLog, 'append' | 'writable'>;
  /** Given, it reserves and publishes at once; queue and log are asked for what is left. */
  readonly atomicSale?: AtomicSale;
  /** The sales as memory has them; see services/sales.ts. */
  readonly sales: {
    readonly known: (saleId: string) => Sale | undefined;
    readonly find: (saleId: string) => Promise<Sale | undefined>;
    readonly forget: (saleId: string) => void;
    readonly observe: (saleId: string, stock: Stock) => void;
  };
  readonly newId: IdSource;
  readonly clock: Clock;
  readonly policies: { readonly queue: Policy; readonly log: Policy };
}

export interface PurchaseLimits {
  /** Purchases in one call of the queue at the most. */
  readonly batchSize: number;
  /** Batches under way at the most. */
  readonly concurrency: number;
  /** Purchases that wait for a batch at the most; more are refused. */
  readonly capacity: number;
  /** After so long no ticket is taken for a purchase and no 2xx is written to it. */
  readonly deadlineMs: number;
  /** How long a sale that had no ticket left is taken as sold out without asking. */
  readonly soldOutMs: number;
  /** How often a buyer may try in one sale within a minute; 0 for any number. See TicketQueue.reserve. */
  readonly attempts: number;
}

export interface PurchaseOptions extends PurchaseLimits {
  /** Other limits from now on, each time. */
  readonly limits$?: Observable<PurchaseLimits>;
  readonly schedule?: (task: () => void) => void;
  /** See BatchMapOptions. */
  readonly onSubscribe?: (load: BatchLoad) => void;
  /** A published reservation could not be marked so: the relay will publish it once more, which changes nothing. */
  readonly onUnmarked?: (error: unknown) => void;
}

/** Requests and what they came to, place by place. */
export interface AnsweredBatch {
  readonly saleId: string;
  readonly requests: readonly PurchaseRequest[];
  readonly outcomes: readonly PurchaseOutcome[];
  /** Why outcomes are `unavailable` or `recovering`. */
  readonly fault?: unknown;
  /** Milliseconds that queue and log took, if the queue was asked. */
  readonly tookMs?: number;
  /** Found no room, and was answered without ever being under way. */
  readonly turnedAway?: true;
}
