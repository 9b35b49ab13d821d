import { defer, map, type Observable, Subject, takeUntil } from 'rxjs';
import type { LiveSettings } from '../domain/live-settings.ts';
import type { OrderStore } from '../ports/order-store.ts';
import { liveView, liveViewDefaults } from '../streams/live-view.ts';
import { type SettledBatch, settlement, settlementDefaults } from '../streams/settlement.ts';
import { createFences } from '../streams/settlement-fences.ts';
import type { Ports } from './adapters/opened.ts';
import type { Context } from './context.ts';
import { supervise } from './supervise.ts';

export interface Worker {
  /** Stops reading, finishes the batches at hand, and resolves; a dependency that is away is not waited for after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Fetched and unacknowledged log records of a group at the most: full records of 128 make several settlement batches, and
 * memory stays flat however far behind the group is.
 */
const MAX_IN_FLIGHT = 256;

export function startWorker(ports: Ports, context: Context, settings$: Observable<LiveSettings>): Worker {
  const { config, log, metrics } = context;
  const stop$ = new Subject<void>();
  const consume = (group: string, positionOf?: (partition: number) => Promise<number | undefined>) =>
    defer(() =>
      ports.log.consume({ group, maxInFlight: MAX_IN_FLIGHT, ...(positionOf === undefined ? {} : { positionOf }) }),
    ).pipe(takeUntil(stop$));

  const ordersGroup = config.settlement.group;
  const fences = createFences(ports.store, ordersGroup);
  const orders$ = settlement(
    // The rows' own transaction holds the positions: they can't disagree with the rows, whatever the log remembers.
    consume(ordersGroup, fences.positionOf),
    { store: timed(ports, context), log: ports.log, fences, events: ports.events },
    {
      ...settlementDefaults,
      ...config.settlement,
      limits$: settings$.pipe(map((settings) => settings.settlement)),
      backoff: { ...settlementDefaults.backoff, onRetry: warnOf(context, 'order store') },
    },
  ).pipe(supervise('settlement', context));

  const liveGroup = config.liveView.group;
  const live$ = liveView(consume(liveGroup), ports, {
    ...liveViewDefaults,
    group: liveGroup,
    backoff: { ...liveViewDefaults.backoff, onRetry: warnOf(context, 'live state') },
  }).pipe(supervise('live view', context));

  for (const group of [ordersGroup, liveGroup]) metrics.sampleConsumerLag(group, () => ports.log.lag(group));

  const running = [
    runToEnd(orders$, (batch) => {
      metrics.settlementBatch(batch);
      reportTrouble(batch, log);
    }),
    runToEnd(live$, ({ reserved }) => metrics.liveViewApplied(reserved)),
  ];

  return {
    stop: async (graceMs) => {
      const grace = setTimeout(() => {
        for (const { cut } of running) cut();
      }, graceMs);
      stop$.next();
      await Promise.all(running.map(({ ended }) => ended));
      clearTimeout(grace);
    },
  };
}

/** The store's hot call, each one timed, whether it succeeds or not. */
function timed({ store, clock }: Ports, { metrics }: Context): Pick<OrderStore, 'store'> {
  return {
    store: async (batch) => {
      const from = clock.monotonic();
      try {
        return await store.store(batch);
      } finally {
        metrics.storeCall(clock.monotonic() - from);
      }
    },
  };
}

/** Subscribes once; `ended` resolves when the stream completes or is cut. */
function runToEnd<T>(stream$: Observable<T>, next: (value: T) => void): { ended: Promise<void>; cut: () => void } {
  let cut = () => {};
  const ended = new Promise<void>((resolve) => {
    const subscription = stream$.subscribe({ next });
    subscription.add(resolve);
    cut = () => subscription.unsubscribe();
  });
  return { ended, cut };
}

function warnOf({ log }: Context, dependency: string) {
  return (error: unknown, waitMs: number) =>
    log.warn({ err: error, dependency, retryInMs: Math.round(waitMs) }, 'dependency failed, trying again');
}

function reportTrouble({ rejected, deadLettered }: SettledBatch, log: Context['log']): void {
  for (const { order, reason } of rejected) {
    const about = { orderId: order.id, saleId: order.saleId, ticket: order.ticket, reason };
    if (reason === 'fence') log.warn(about, 'order refused: no buyer was told of it before its epoch ended');
    else log.error(about, 'order rejected: the database holds a rival');
  }
  if (deadLettered > 0) log.error({ deadLettered }, 'log records set aside as dead letters');
}
