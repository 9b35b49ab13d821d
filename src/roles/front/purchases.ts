import { filter, map, type Observable, Subject } from 'rxjs';
import type { IdSource } from '../../domain/ids.ts';
import type { LiveSettings } from '../../domain/live-settings.ts';
import { Deadline } from '../../resilience/deadline.ts';
import type { Sales } from '../../services/sales.ts';
import type { ObservedStock } from '../../streams/countdown/stock-events.ts';
import type { BatchLoad } from '../../streams/operators/batch-map.ts';
import { answerInTime } from '../../streams/purchase/answer-in-time.ts';
import type { AnsweredBatch, PurchaseLimits } from '../../streams/purchase/contract.ts';
import { purchase } from '../../streams/purchase/purchase.ts';
import type { PurchaseRequest } from '../../streams/purchase/request.ts';
import type { Ports } from '../ports.ts';
import type { Runtime } from '../runtime.ts';
import type { Settings } from '../settings.ts';
import { supervise } from '../supervise.ts';
import { createAdmission } from './admission.ts';
import type { FrontObserver } from './observer.ts';
import type { Policies } from './policies.ts';
import type { RemainingGauge } from './remaining-gauge.ts';
import { unlistedPurchases } from './unlisted-purchases.ts';

export interface Purchases {
  /** Every request is answered exactly once. */
  readonly submit: (request: PurchaseRequest) => void;
  /**
   * Whether another purchase would be refused for lack of capacity, before it is read; if so, it is counted as refused.
   */
  readonly shouldShed: () => boolean;
  /** The remaining stock of each sale, as the queue's answers report it. Hot. */
  readonly observed$: Observable<ObservedStock>;
  /** Accepts no more purchases and cancels those in flight: wait for them first. */
  stop(): void;
}

export interface PurchaseParts {
  readonly runtime: Runtime;
  readonly sales: Pick<Sales, 'known' | 'mayBePublic' | 'findPublic' | 'forget' | 'observe'>;
  readonly policies: Pick<Policies, 'queue' | 'log'>;
  readonly newId: IdSource;
  readonly settings: Pick<Settings, 'current' | 'settings$'>;
  readonly observer: FrontObserver;
  readonly remaining: Pick<RemainingGauge, 'observe'>;
  readonly maxEnded?: number;
}

/** Subscribes to the purchase stream, once for all buyers of this process, and answers them. */
export function startPurchases(
  ports: Pick<Ports, 'queue' | 'log' | 'atomicSale' | 'clock' | 'events'>,
  { runtime, sales, policies, newId, settings, observer, remaining, maxEnded = 0 }: PurchaseParts,
): Purchases {
  const { queue, log, atomicSale, clock, events } = ports;
  const { timers } = runtime;
  const request$ = new Subject<PurchaseRequest>();
  const observed$ = new Subject<ObservedStock>();
  const initial = limitsOf(settings.current());
  const deadline = new Deadline(clock, initial.deadlineMs);
  const inTime = answerInTime({ deadline, after: timers.after, onLate: observer.answeredByDeadline });
  const admission = createAdmission(initial, settings.settings$.pipe(map(limitsOf)));
  let load: BatchLoad = { waiting: 0, underWay: 0, isFull: false, ...initial };

  const answered$ = purchase(
    request$,
    {
      queue,
      log,
      ...(atomicSale === undefined ? {} : { atomicSale }),
      sales: {
        known: (saleId) => sales.known(saleId),
        find: (saleId) => sales.findPublic(saleId),
        forget: (saleId) => sales.forget(saleId),
        observe: (saleId, stock) => {
          sales.observe(saleId, stock);
          remaining.observe(saleId, stock.remaining);
          observed$.next({ saleId, stock });
        },
      },
      newId,
      clock,
      policies,
      deadline,
    },
    {
      ...initial,
      limits$: admission.limits$,
      changed$: events.events$.pipe(
        filter((event) => event.type === 'sale'),
        map(({ saleId }) => saleId),
      ),
      maxEnded,
      schedule: timers.endOfTurn,
      onSubscribe: (view) => {
        load = view;
        observer.purchaseLoad(view);
      },
      onUnmarked: observer.unmarked,
    },
  ).pipe(supervise('purchase', runtime, observer));

  const answer = (batch: AnsweredBatch) => {
    const { requests, outcomes } = batch;
    for (let i = 0; i < requests.length; i += 1) {
      const outcome = outcomes[i];
      if (outcome !== undefined) requests[i]?.respond(outcome);
    }
    const now = clock.monotonic();
    observer.answered(batch, now);
    // A purchase refused for lack of capacity says nothing about the speed of the others.
    if (!batch.isShed) admission.learn(batch, load, now);
  };
  const answering = answered$.subscribe(answer);

  const submit = (request: PurchaseRequest) => request$.next(inTime.watch(request));
  const unlisted = unlistedPurchases(sales, submit);

  return {
    // A batch of an unknown sale must not take the place of one that can be sold.
    submit: (request) => (sales.mayBePublic(request.saleId) ? submit(request) : unlisted(request)),
    shouldShed: () => {
      if (!load.isFull) return false;
      observer.shed();
      return true;
    },
    observed$,
    stop: () => {
      request$.complete();
      answering.unsubscribe();
      inTime.stop();
    },
  };
}

function limitsOf({ purchase: limits, limits: { attempts } }: LiveSettings): PurchaseLimits {
  return { ...limits, attempts };
}
