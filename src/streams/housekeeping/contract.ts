import type { SchedulerLike } from 'rxjs';
import type { Sale } from '../../domain/sale.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { OrderStore } from '../../ports/order-store.ts';
import type { Payments } from '../../ports/payments.ts';
import type { TicketQueue } from '../../ports/ticket-queue.ts';

export interface HousekeepingPorts {
  readonly queue: Pick<TicketQueue, 'release' | 'forfeit' | 'stock'>;
  readonly store: Pick<OrderStore, 'due' | 'transition' | 'owedTickets' | 'returned' | 'refundsDue' | 'refunded'>;
  readonly payments: Pick<Payments, 'refund'>;
  readonly events: Pick<EventBus, 'publish'>;
  /** The sales whose orders may fall due, asked for with each tick. */
  readonly sales: () => Promise<readonly Pick<Sale, 'id'>[]>;
  readonly clock: Clock;
}

export interface HousekeepingOptions {
  /** Orders in one batch; at most 1,000. */
  readonly batchSize: number;
  /** Sales whose orders are expired at once. */
  readonly salesAtOnce: number;
  /** How long to rest after a full batch, as a share of the time that it took. */
  readonly restShare: number;
  /** Milliseconds that a rest takes at the most. */
  readonly restAtMostMs: number;
  /** How long a sale, or a step, rests after a fault, milliseconds. */
  readonly faultRestMs: number;
  readonly refundsAtOnce: number;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/** What was done; `fault` when something was not, and a later tick tries it again. Nothing to do is not told. */
export type HousekeepingResult =
  | {
      readonly step: 'expire';
      /** Undefined when the sales could not be read. */
      readonly saleId?: string;
      /** Orders that this batch ended. */
      readonly expired: number;
      /** How many of their tickets are in the queue again. */
      readonly returned: number;
      /** How long after the first of their deadlines that was, milliseconds. */
      readonly lateMs?: number;
      readonly fault?: unknown;
    }
  | {
      readonly step: 'return';
      readonly saleId?: string;
      /** Tickets that are in the queue again. */
      readonly returned: number;
      /** Reservations that left the queue without their ticket, which another order holds; left out if none. */
      readonly forfeited?: number;
      readonly fault?: unknown;
    }
  | { readonly step: 'refund'; readonly refunded: number; readonly fault?: unknown };
