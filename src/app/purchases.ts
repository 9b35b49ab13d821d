import { BehaviorSubject, combineLatest, map, type Observable, Subject, tap } from 'rxjs';
import { isFault } from '../domain/errors.ts';
import type { IdSource } from '../domain/ids.ts';
import type { LiveSettings } from '../domain/live-settings.ts';
import { Admission } from '../resilience/admission.ts';
import type { Sales } from '../services/sales.ts';
import type { BatchLoad } from '../streams/operators/batch-map.ts';
import { type AnsweredBatch, purchase, purchaseDefaults } from '../streams/purchase.ts';
import type { PurchaseRequest } from '../streams/purchase-request.ts';
import type { ObservedStock } from '../streams/stock-news.ts';
import type { Context } from './context.ts';
import type { Ports } from './opened.ts';
import type { Policies } from './policies.ts';
import { supervise } from './supervise.ts';

export interface Purchases {
  /** Every request is answered exactly once. */
  readonly submit: (request: PurchaseRequest) => void;
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
  const { queue, log: orderLog, oneStep, clock } = ports;
  const request$ = new Subject<PurchaseRequest>();
  const observed$ = new Subject<ObservedStock>();
  const limits = { ...purchaseDefaults, ...config.purchase };
  const admission = new Admission(limits);
  const narrowed$ = new BehaviorSubject<void>(undefined);
  const configured$ = settings$.pipe(
    map((settings) => settings.purchase),
    tap((configured) => admission.configure(configured)),
  );
  let load = (): BatchLoad => ({ waiting: 0, underWay: 0, ...limits });

  const answered$ = purchase(
    request$,
    {
      queue,
      log: orderLog,
      ...(oneStep === undefined ? {} : { oneStep }),
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
      limits$: combineLatest([configured$, narrowed$]).pipe(map(([configured]) => admission.narrowed(configured))),
      onSubscribe: (sample) => {
        load = sample;
        metrics.samplePurchaseLoad(sample);
      },
      onUnmarked: (err) =>
        log.warn({ err }, 'published reservations are still marked pending, the relay will repeat them'),
    },
  ).pipe(supervise('purchase', context));

  const adapt = ({ outcomes, fault, tookMs: elapsedMs, turnedAway }: AnsweredBatch) => {
    // What found no room tells nothing of the speed of what did.
    if (turnedAway) return;
    const { waiting, underWay } = load();
    // Dropping who has waited past the deadline is quick: counted as served, it would justify the ring that made them late.
    const size = outcomes.filter(({ kind }) => kind !== 'overloaded').length;
    // A refused connection would look like a quick server; a timeout is a slow one.
    const tookMs = size > 0 && (fault === undefined || isFault(fault, 'timeout')) ? elapsedMs : undefined;
    const mayDiffer = admission.observe({ size, tookMs, underWay, waiting }, clock.monotonic());
    if (mayDiffer) narrowed$.next();
  };

  const answering = answered$.subscribe((batch) => {
    const { requests, outcomes, fault } = batch;
    for (let i = 0; i < requests.length; i += 1) {
      const outcome = outcomes[i];
      if (outcome !== undefined) requests[i]?.respond(outcome);
    }
    metrics.purchaseBatch(batch, clock.monotonic());
    adapt(batch);
    if (fault !== undefined) {
      const requestIds = requests.map(({ requestId }) => requestId);
      log.warn({ err: fault, saleId: batch.saleId, requestIds }, 'purchases could not be completed');
    }
  });

  return {
    submit: (request) => request$.next(request),
    observed$,
    stop: () => {
      request$.complete();
      answering.unsubscribe();
    },
  };
}
