import { defer, EMPTY, map, type Observable, Subject, takeUntil } from 'rxjs';
import type { LiveState } from '../../ports/live-state.ts';
import type { ConsumeOptions } from '../../ports/order-log.ts';
import type { RebuiltSale } from '../../services/live-rebuild.ts';
import {
  type AppliedEntries,
  type LiveViewBatch,
  liveView,
  liveViewDefaults,
} from '../../streams/live-view/live-view.ts';
import { createFences } from '../../streams/settlement/fences.ts';
import { type SettledBatch, settlement, settlementDefaults } from '../../streams/settlement/settlement.ts';
import type { Ports } from '../ports.ts';
import type { RoleObserver, Runtime } from '../runtime.ts';
import type { Settings } from '../settings.ts';
import { supervise } from '../supervise.ts';
import { repairLive } from './live-repair.ts';
import { type StoreObserver, timedStore } from './timed-store.ts';

export interface Worker {
  /** Stops reading, finishes the batches in progress, and resolves; after `graceMs` it cancels them. */
  stop(graceMs: number): Promise<void>;
}

export interface WorkerObserver extends RoleObserver, StoreObserver {
  readonly settled: (batch: SettledBatch) => void;
  readonly liveViewApplied: (applied: AppliedEntries) => void;
  /** Figures of a sale's live state were not those of the log, and were corrected. */
  readonly liveRepaired: (sale: RebuiltSale) => void;
  /** Registers a function that reads a consumer group's lag, to be called at any time. */
  readonly sampleConsumerLag: (group: string, read: () => Promise<number>) => void;
  readonly retrying: (dependency: 'order store' | 'live state', error: unknown, waitMs: number) => void;
}

export interface WorkerOptions {
  /**
   * Maximum number of log records fetched and not acknowledged. For the settlement, full records of 128 make several
   * batches, and memory stays flat however large the lag is. The live view keeps only counts, of more than a second.
   */
  readonly maxInFlight: PerGroup;
  /** How long a fetch of the log may wait for more records, milliseconds: not longer than a batch waits by default. */
  readonly fetchWaitMs: PerGroup;
  readonly maxAttempts: number;
  readonly settlementBackoff: Pauses;
  readonly liveViewBackoff: Pauses;
  readonly liveViewBatch: LiveViewBatch;
}

interface PerGroup {
  readonly settlement: number;
  readonly liveView: number;
}

interface Pauses {
  readonly baseMs: number;
  readonly capMs: number;
}

const workerDefaults = {
  maxInFlight: { settlement: 256, liveView: 16_384 },
  fetchWaitMs: { settlement: settlementDefaults.batchMs / 2, liveView: liveViewDefaults.batch.quietMs },
  maxAttempts: settlementDefaults.maxAttempts,
  settlementBackoff: settlementDefaults.backoff,
  liveViewBackoff: liveViewDefaults.backoff,
  liveViewBatch: liveViewDefaults.batch,
} as const satisfies WorkerOptions;

export interface WorkerPorts extends Pick<Ports, 'log' | 'store' | 'live' | 'events' | 'clock'> {
  /** Without the log as an audit source the live state is not reconciled with it. */
  readonly auditSources?: Pick<Ports['auditSources'], 'log'>;
}

export interface WorkerParts {
  readonly runtime: Runtime;
  readonly settings: Pick<Settings, 'current' | 'settings$'>;
  readonly observer: WorkerObserver;
  /** Consumer groups of the order log. */
  readonly groups: { readonly settlement: string; readonly liveView: string };
  readonly options?: WorkerOptions;
}

/** Reads the log and writes the order store and the live state, each in its own consumer group. */
export function startWorker(
  ports: WorkerPorts,
  { runtime, settings, observer, groups, options = workerDefaults }: WorkerParts,
): Worker {
  const { timers, random } = runtime;
  const { scheduler } = timers;
  const { maxAttempts } = options;
  const stop$ = new Subject<void>();
  const consume = (name: keyof PerGroup, own: Pick<ConsumeOptions, 'positionOf'> = {}) =>
    defer(() =>
      ports.log.consume({
        group: groups[name],
        maxInFlight: options.maxInFlight[name],
        fetchWaitMs: options.fetchWaitMs[name],
        ...own,
      }),
    ).pipe(takeUntil(stop$));
  const backoff = (pauses: Pauses, dependency: 'order store' | 'live state') => ({
    ...pauses,
    random,
    onRetry: (error: unknown, waitMs: number) => observer.retrying(dependency, error, waitMs),
  });

  const fences = createFences(ports.store, groups.settlement);
  const orders$ = settlement(
    // The positions are committed with the rows: they always agree, whatever position the log remembers.
    consume('settlement', { positionOf: fences.positionOf }),
    { store: timedStore(ports, timers, observer), log: ports.log, fences, events: ports.events },
    {
      ...settings.current().settlement,
      group: groups.settlement,
      maxAttempts,
      limits$: settings.settings$.pipe(map((now) => now.settlement)),
      backoff: backoff(options.settlementBackoff, 'order store'),
      scheduler,
    },
  ).pipe(supervise('settlement', runtime, observer));

  const counted$ = new Subject<readonly string[]>();
  const live$ = liveView(
    consume('liveView'),
    { live: reporting(ports.live, counted$), clock: ports.clock },
    {
      batch: options.liveViewBatch,
      group: groups.liveView,
      backoff: backoff(options.liveViewBackoff, 'live state'),
      scheduler,
    },
  ).pipe(supervise('live view', runtime, observer));

  const source = ports.auditSources?.log;
  const repaired$ =
    source === undefined
      ? EMPTY
      : repairLive(
          counted$,
          { source, live: ports.live },
          { clock: ports.clock, timers, onRetry: (error, waitMs) => observer.retrying('live state', error, waitMs) },
        ).pipe(takeUntil(stop$), supervise('live repair', runtime, observer));

  for (const group of [groups.settlement, groups.liveView]) {
    observer.sampleConsumerLag(group, () => ports.log.lag(group));
  }
  const running = [
    runToEnd(orders$, observer.settled),
    runToEnd(live$, observer.liveViewApplied),
    runToEnd(repaired$, observer.liveRepaired),
  ];

  return {
    stop: async (graceMs) => {
      const cancelGrace = timers.after(graceMs, () => {
        for (const { cut } of running) cut();
      });
      stop$.next();
      await Promise.all(running.map(({ ended }) => ended));
      cancelGrace();
    },
  };
}

/** The live state, with the sales of each call reported before it is made: also a call that fails may have an effect. */
function reporting(live: LiveState, counted$: Subject<readonly string[]>): Pick<LiveState, 'apply'> {
  return {
    apply: (partition, deltas) => {
      counted$.next([...new Set(deltas.map(({ saleId }) => saleId))]);
      return live.apply(partition, deltas);
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
