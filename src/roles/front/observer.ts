import type { LiveCounters } from '../../api/live/live-api.ts';
import type { Order } from '../../domain/order.ts';
import type { SocketRefusal } from '../../ports/live-socket.ts';
import type { AuditProgress } from '../../services/audit/progress.ts';
import type { AuditResult } from '../../services/audit/result.ts';
import type { OnOrdersEnded } from '../../services/counted-orders.ts';
import type { PaymentNotice } from '../../services/payment-events.ts';
import type { BatchLoad } from '../../streams/operators/batch-map.ts';
import type { AnsweredBatch } from '../../streams/purchase/contract.ts';
import type { RoleObserver } from '../runtime.ts';
import type { LeaderLook } from './leader-watch.ts';
import type { PolicyObserver } from './policies.ts';

/** Receives what a front reports: for logs, metrics and, in the simulator, checks. */
export interface FrontObserver extends RoleObserver, PolicyObserver {
  /** A batch was answered at `now`, monotonic milliseconds. */
  readonly answered: (batch: AnsweredBatch, now: number) => void;
  /** This many purchases were answered because their deadline was near. */
  readonly answeredByDeadline: (requests: number) => void;
  /** A purchase was refused for lack of capacity before it was read. */
  readonly shed: () => void;
  /** The load of the purchase stream; its properties are read live. */
  readonly purchaseLoad: (load: BatchLoad) => void;
  /** Published reservations could not be marked as published; the relay publishes them again. */
  readonly unmarked: (error: unknown) => void;
  readonly saleRemaining: (saleId: string, tickets: number) => void;
  /** The sale is over: its remaining tickets are no longer reported. */
  readonly saleOver: (saleId: string) => void;
  readonly warmingFailed: (error: unknown) => void;
  readonly nodeNumberMissing: (error: unknown, retryInMs: number) => void;
  readonly nodeNumberNotReleased: (error: unknown) => void;
  /** Whether a process leads the scheduler's work. */
  readonly leader: (look: LeaderLook) => void;
  /** A cancelled order's ticket is not on sale again yet; the scheduler returns it. */
  readonly notReturned: (error: unknown, order: Order) => void;
  readonly payment: (notice: PaymentNotice) => void;
  /** A message of the payment provider was not handled. */
  readonly paymentUnhandled: (why: 'refused' | 'failed') => void;
  /** Orders were paid or cancelled by this process. */
  readonly ordersEnded: OnOrdersEnded;
  /** An audit has read another page. */
  readonly auditing: (progress: AuditProgress) => void;
  readonly audited: (result: AuditResult) => void;
  /** A read could not be completed and was answered 503. */
  readonly readFailed: (error: unknown, requestId: string) => void;
  readonly live: LiveObserver;
  /** The refusal counts of the rate limits, to be read at any time. */
  readonly rateLimited: (refused: () => { readonly buyer: number; readonly address: number }) => void;
}

export interface LiveObserver extends LiveCounters {
  /** A stock frame was published. */
  readonly livePublished: () => void;
  /** The load of the live sockets, to be read at any time. */
  readonly sampleLiveLoad: (load: () => { readonly connections: number; readonly sales: number }) => void;
  /** An upgrade was refused, because the process or the client's address has too many sockets. */
  readonly liveRefused: (by: SocketRefusal) => void;
  /** A sale could not be looked up for a socket. */
  readonly lookupFailed: (error: unknown, requestId: string) => void;
  /** A countdown could not read its sale; it retries. */
  readonly countdownFailed: (error: unknown, saleId: string) => void;
}
