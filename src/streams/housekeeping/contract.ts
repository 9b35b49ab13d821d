import type { SchedulerLike } from 'rxjs';
import type { Sale } from '../../domain/sale.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { OrderLog } from '../../ports/order-log.ts';
import type { OrderStore } from '../../ports/order-store.ts';
import type { Payments } from '../../ports/payments.ts';
import type { TicketQueue } from '../../ports/ticket-queue.ts';
import type { ClockJump } from './expiry-clock.ts';

export interface HousekeepingPorts {
  readonly queue: Pick<TicketQueue, 'release' | 'forfeit' | 'stock' | 'reserve' | 'published'>;
  readonly log: Pick<OrderLog, 'append'>;
  readonly store: Pick<
    OrderStore,
    | 'due'
    | 'transition'
    | 'owedTickets'
    | 'returned'
    | 'refundsDue'
    | 'refunded'
    | 'rebookingsDue'
    | 'rebooked'
    | 'notRebooked'
  >;
  /** A sale as it is stored now. */
  readonly sale: (saleId: string) => Promise<Sale | undefined>;
  /** Makes the id of an order. */
  readonly newId: () => Promise<string>;
  readonly payments: Pick<Payments, 'refund'>;
  readonly events: Pick<EventBus, 'publish'>;
  /** The sales whose orders may be due, read on each tick. */
  readonly sales: () => Promise<readonly Pick<Sale, 'id'>[]>;
  readonly clock: Clock;
}

export interface HousekeepingOptions {
  /** Orders in one batch; at most 1,000. */
  readonly batchSize: number;
  /** Maximum number of sales whose orders are expired concurrently. */
  readonly salesAtOnce: number;
  /** Pause after a full batch, as a multiple of the time that it took. */
  readonly pauseFactor: number;
  /** Longest pause, milliseconds. */
  readonly maxPauseMs: number;
  /** Pause of a sale, or a step, after a fault, milliseconds. */
  readonly faultPauseMs: number;
  readonly refundsAtOnce: number;
  /**
   * The least time to pay of an order that late money buys, seconds: a worker has to store it before its payment can be
   * recorded. An order that the relay has to publish has its sale's time.
   */
  readonly rebookWithinSeconds: number;
  /** The wall clock has jumped against the monotonic one, and what became of it. */
  readonly onClockJump?: (jump: ClockJump) => void;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/** What was done; `fault` if something failed, which a later tick retries. Ticks without work emit nothing. */
export type HousekeepingResult =
  | {
      readonly step: 'expire';
      /** Undefined when the sales could not be read. */
      readonly saleId?: string;
      /** Orders that this batch expired. */
      readonly expired: number;
      /** How many of their tickets were returned to the queue. */
      readonly returned: number;
      /** How long after the earliest of their deadlines, milliseconds. */
      readonly lateMs?: number;
      readonly fault?: unknown;
    }
  | {
      readonly step: 'return';
      readonly saleId?: string;
      /** Ended orders whose reservations were removed from the queue. */
      readonly orders: number;
      /** Their tickets that were returned to the queue. */
      readonly returned: number;
      /** How many of the orders have lost tickets to others, which were not returned; left out if none. */
      readonly forfeited?: number;
      readonly fault?: unknown;
    }
  | {
      readonly step: 'rebook';
      /** Late payments that have bought tickets. */
      readonly rebooked: number;
      /** Late payments that could not, and are given back. */
      readonly refused: number;
      readonly fault?: unknown;
    }
  | { readonly step: 'refund'; readonly refunded: number; readonly fault?: unknown };
