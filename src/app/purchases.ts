import { map, type Observable, Subject } from 'rxjs';
import type { IdSource } from '../domain/ids.ts';
import type { LiveSettings } from '../domain/live-settings.ts';
import type { Sales } from '../services/sales.ts';
import { answerInTime } from '../streams/answer-in-time.ts';
import type { BatchLoad } from '../streams/operators/batch-map.ts';
import { purchase } from '../streams/purchase.ts';
import type { PurchaseRequest } from '../streams/purchase-request.ts';
import type { ObservedStock } from '../streams/stock-events.ts';
import type { Ports } from './adapters/opened.ts';
import { createAdmission } from './admission.ts';
import type { Context } from './context.ts';
import type { Policies } from './policies.ts';
import { supervise } from './supervise.ts';

export interface Purchases {
  /** Every request is answered exactly once. */
  readonly submit: (request: PurchaseRequest) => void;
  /** Whether one more would find no room, before anything is known of it; it counts as refused then. */
  readonly turnsAway: () => boolean;
  /** What is left of each sale, as the queue's answers tell. Hot. */
  readonly observed$: Observable<ObservedStock>;
  /** Takes no more; what is under way is cut off: wait for it before. */
  stop(): void;
}

export interface PurchaseParts {
  readonly sales: Sales;
  readonly policies: Policies;
  readonly newId: IdSource;
  readonly settings$: Observable<LiveSettings>;
}

/** Subscribes the purchase stream, once for all buyers of this process. */
export function startPurchases(
  ports: Ports,
  context: Context,
  { sales, policies, newId, settings$ }: PurchaseParts,
): Purchases {
  const { config, log, metrics } = context;
  const { queue, log: orderLog, atomicSale: oneStep, clock } = ports;
  const request$ = new Subject<PurchaseRequest>();
  const observed$ = new Subject<ObservedStock>();
  let { deadlineMs } = config.purchase;
  const settings = settings$.subscribe(({ purchase: limits }) => {
    deadlineMs = limits.deadlineMs;
  });
  const inTime = answerInTime({
    clock,
    deadlineMs: () => deadlineMs,
    onLate: (requests) => log.debug({ requests }, 'purchases answered by their deadline'),
  });
  const limits = { ...config.purchase, attempts: config.limits.attempts };
  const limits$ = settings$.pipe(map((settings) => ({ ...settings.purchase, attempts: settings.limits.attempts })));
  const admission = createAdmission(limits, limits$);
  let load: BatchLoad = { waiting: 0, underWay: 0, ...limits };

  const answered$ = purchase(
    request$,
    {
      queue,
      log: orderLog,
      ...(oneStep === undefined ? {} : { atomicSale: oneStep }),
      sales: {
        known: (saleId) => sales.known(saleId),
        find: (saleId) => sales.find(saleId),
        forget: (saleId) => sales.forget(saleId),
        observe: (saleId, stock) => {
          sales.observe(saleId, stock);
          metrics.saleRemaining(saleId, stock.remaining);
          observed$.next({ saleId, stock });
        },
      },
      newId,
      clock,
      policies,
    },
    {
      ...limits,
      limits$: admission.limits$,
      onSubscribe: (view) => {
        load = view;
        metrics.showPurchaseLoad(view);
      },
      onUnmarked: (err) =>
        log.warn({ err }, 'published reservations are still marked pending, the relay will repeat them'),
    },
  ).pipe(supervise('purchase', context));

  const answering = answered$.subscribe((batch) => {
    const { requests, outcomes, fault } = batch;
    for (let i = 0; i < requests.length; i += 1) {
      const outcome = outcomes[i];
      if (outcome !== undefined) requests[i]?.respond(outcome);
    }
    const now = clock.monotonic();
    metrics.purchaseBatch(batch, now);
    // What found no room tells nothing of the speed of what did.
    if (!batch.turnedAway) admission.learn(batch, load, now);
    if (fault !== undefined) {
      const requestIds = requests.map(({ requestId }) => requestId);
      log.warn({ err: fault, saleId: batch.saleId, requestIds }, 'purchases could not be completed');
    }
  });

  return {
    submit: (request) => request$.next(inTime.watch(request)),
    turnsAway: () => {
      if (load.waiting < load.capacity) return false;
      metrics.purchaseTurnedAway();
      return true;
    },
    observed$,
    stop: () => {
      request$.complete();
      answering.unsubscribe();
      settings.unsubscribe();
      inTime.stop();
    },
  };
}
