import type { LiveCounters } from '../../api/live/live-api.ts';
import type { Order } from '../../domain/order.ts';
import type { PaymentNotice } from '../../services/payment-events.ts';
import type { BatchLoad } from '../../streams/operators/batch-map.ts';
import type { AnsweredBatch } from '../../streams/purchase/contract.ts';
import type { RoleObserver } from '../runtime.ts';
import type { PolicyObserver } from './policies.ts';

/** What a front reports: for logs, metrics and, in the simulator, checks. */
export interface FrontObserver extends RoleObserver, PolicyObserver {
  /** A batch was answered at `now`, monotonic milliseconds. */
  readonly answered: (batch: AnsweredBatch, now: number) => void;
  /** So many purchases were answered because their deadline was near. */
  readonly answeredByDeadline: (requests: number) => void;
  /** A purchase was refused for want of room before it was read. */
  readonly turnedAway: () => void;
  /** The load of the purchase stream, to be read whenever it is of interest. */
  readonly purchaseLoad: (load: BatchLoad) => void;
  /** Published reservations could not be marked so; the relay publishes them again. */
  readonly unmarked: (error: unknown) => void;
  readonly saleRemaining: (saleId: string, tickets: number) => void;
  /** The sale is over: what is left of it is reported no longer. */
  readonly saleOver: (saleId: string) => void;
  readonly warmingFailed: (error: unknown) => void;
  readonly nodeNumberMissing: (error: unknown, retryInMs: number) => void;
  readonly nodeNumberNotReleased: (error: unknown) => void;
  /** A cancelled order's ticket is not on sale again yet; the scheduler returns it. */
  readonly notReturned: (error: unknown, order: Order) => void;
  readonly payment: (notice: PaymentNotice) => void;
  /** A read could not be completed and was answered 503. */
  readonly readFailed: (error: unknown, requestId: string) => void;
  readonly live: LiveObserver;
  /** What the rate limits have refused, to be read whenever it is of interest. */
  readonly rateLimited: (refused: () => { readonly buyer: number; readonly address: number }) => void;
}

export interface LiveObserver extends LiveCounters {
  /** A frame of stock was published. */
  readonly livePublished: () => void;
  /** The load of the live sockets, to be read whenever it is of interest. */
  readonly sampleLiveLoad: (load: () => { readonly connections: number; readonly sales: number }) => void;
  /** A sale could not be looked up for a socket. */
  readonly lookupFailed: (error: unknown, requestId: string) => void;
  /** A countdown could not read its sale; it tries again. */
  readonly countdownFailed: (error: unknown, saleId: string) => void;
}
