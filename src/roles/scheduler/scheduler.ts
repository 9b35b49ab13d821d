import {
  catchError,
  defer,
  EMPTY,
  exhaustMap,
  lastValueFrom,
  merge,
  mergeMap,
  type Observable,
  of,
  tap,
  timer,
  toArray,
} from 'rxjs';
import type { Sale } from '../../domain/sale.ts';
import type { SaleChange } from '../../ports/catalogue.ts';
import type { Payments } from '../../ports/payments.ts';
import { applyChanges, type ChangeFault } from '../../services/apply-changes.ts';
import { finishArchives } from '../../services/finish-archives.ts';
import { watchLostSales } from '../../services/lost-sales-watch.ts';
import { resumePublishing } from '../../services/publish.ts';
import { type RecoveryOptions, recoverSale } from '../../services/recovery.ts';
import { type RememberedCatalogue, rememberedCatalogue } from '../../services/remembered-catalogue.ts';
import type { HousekeepingResult } from '../../streams/housekeeping/contract.ts';
import type { ClockJump } from '../../streams/housekeeping/expiry-clock.ts';
import { housekeeping } from '../../streams/housekeeping/housekeeping.ts';
import type { JobBatch } from '../../streams/jobs/contract.ts';
import { runJobs } from '../../streams/jobs/run-jobs.ts';
import { type LeadershipChange, whileLeading } from '../../streams/operators/while-leading.ts';
import { queueRecovery, type RecoveryEvent } from '../../streams/queue-recovery.ts';
import { type Relayed, relay, relayDefaults } from '../../streams/relay.ts';
import type { Ports } from '../ports.ts';
import type { RoleObserver, Runtime } from '../runtime.ts';
import { SCHEDULER_LEASE } from '../scheduler-lease.ts';
import { supervise } from '../supervise.ts';
import { type SchedulerOptions, schedulerDefaults } from './options.ts';
import { orderIdsOnDemand } from './order-ids.ts';
import { watched, withDueOrders, withUnpublished } from './watched-sales.ts';

export interface Scheduler {
  /** Starts no more work, and hands leadership to another process. */
  stop(): Promise<void>;
}

export interface SchedulerObserver extends RoleObserver {
  readonly relayed: (relayed: Relayed) => void;
  readonly housekeeping: (result: HousekeepingResult) => void;
  readonly jobBatch: (batch: JobBatch) => void;
  readonly resumed: (resumed: ResumedPublishing) => void;
  /** A change of a sale could not be brought to the ticket queue; it is retried. */
  readonly changeFailed: (failed: { readonly saleId?: string; readonly fault: unknown }) => void;
  readonly recovery: (event: RecoveryEvent) => void;
  readonly leadership: (change: LeadershipChange) => void;
  readonly leaseFault: (error: unknown) => void;
  readonly clockJump: (jump: ClockJump) => void;
}

/** A sale whose publication, begun by another process, has been completed; or `fault`, and it is retried. */
export interface ResumedPublishing {
  readonly saleId?: string;
  readonly fault?: unknown;
}

export type SchedulerPorts = Pick<
  Ports,
  'queue' | 'recovery' | 'log' | 'store' | 'catalogue' | 'leases' | 'nodeMarks' | 'jobs' | 'events' | 'clock'
>;

export interface SchedulerParts {
  readonly runtime: Runtime;
  readonly payments: Pick<Payments, 'refund'>;
  readonly observer: SchedulerObserver;
  /** No other process can do this work: no lease is needed, so a restart need not wait for its predecessor's. */
  readonly exclusive: boolean;
  /** The longest deadline of any front, and the consumer group that stores orders. */
  readonly recovery: Pick<RecoveryOptions, 'deadlineMs' | 'group'>;
  readonly options?: SchedulerOptions;
}

/** Recovers, relays, expires, returns, refunds, runs jobs and completes publications, while this process leads. */
export function startScheduler(ports: SchedulerPorts, parts: SchedulerParts): Scheduler {
  const { runtime, observer, exclusive, options = schedulerDefaults } = parts;
  const work = schedulerWork(ports, parts, options);
  if (exclusive) {
    observer.leadership('taken');
    const working = work().subscribe();
    return { stop: async () => working.unsubscribe() };
  }

  const { leases, clock } = ports;
  const holder = runtime.newHolder();
  const leading = whileLeading(
    leases,
    {
      ...options.lease,
      name: SCHEDULER_LEASE.name,
      holder,
      clock,
      scheduler: runtime.timers.scheduler,
      onChange: observer.leadership,
      onFault: observer.leaseFault,
    },
    work,
  )
    .pipe(supervise('scheduler', runtime, observer))
    .subscribe();
  return {
    stop: async () => {
      leading.unsubscribe();
      // Unsubscribing has requested the release; this waits until it is done, before the database is closed.
      await leases.release(SCHEDULER_LEASE.name, holder).catch(observer.leaseFault);
    },
  };
}

function schedulerWork(
  ports: SchedulerPorts,
  { runtime, payments, observer, recovery }: SchedulerParts,
  options: SchedulerOptions,
): () => Observable<unknown> {
  const { queue, log, store, catalogue, events, clock } = ports;
  const { scheduler } = runtime.timers;
  const remembered = rememberedCatalogue({ catalogue, clock });
  const sales = () => watched(remembered.all, clock);
  const newId = orderIdsOnDemand(ports, runtime);
  const every = (ms: number) => timer(0, ms, scheduler);
  const supervised = <T>(name: string) => supervise<T>(name, runtime, observer);

  return () =>
    merge(
      recoverQueue(ports, runtime, remembered, { ...recovery, everyMs: options.recoveryEveryMs }).pipe(
        tap(observer.recovery),
        supervised('recovery'),
      ),
      relay(every(options.relayEveryMs), { queue, log, sales: withUnpublished(sales(), queue) }, options.relay).pipe(
        tap(observer.relayed),
        supervised('relay'),
      ),
      housekeeping(
        every(options.housekeepingEveryMs),
        {
          queue,
          log,
          store,
          payments,
          events,
          clock,
          sales: withDueOrders(sales(), ports),
          sale: (saleId) => catalogue.sale(saleId),
          newId,
        },
        { ...options.housekeeping, scheduler, onClockJump: observer.clockJump },
      ).pipe(tap(observer.housekeeping), supervised('housekeeping')),
      runJobs(every(options.jobsEveryMs), ports, { ...options.jobs, scheduler }).pipe(
        tap(observer.jobBatch),
        supervised('jobs'),
      ),
      every(options.publishingEveryMs).pipe(
        exhaustMap(() => finishPublishing(ports, remembered)),
        tap(observer.resumed),
        supervised('publishing'),
      ),
      changes(every(options.changesEveryMs), applyChanges({ queue, sales: remembered.all, clock })).pipe(
        tap(observer.changeFailed),
        supervised('changes'),
      ),
      changes(
        every(options.changesEveryMs),
        finishArchives({ queue, sales: remembered.all, clock }, options.archives),
      ).pipe(tap(observer.changeFailed), supervised('archives')),
    );
}

/** Recovers sales that the ticket queue has lost, if it can lose any. */
function recoverQueue(
  { recovery, catalogue, log, store, events, clock }: SchedulerPorts,
  { timers }: Pick<Runtime, 'timers'>,
  remembered: RememberedCatalogue,
  { everyMs, ...options }: SchedulerParts['recovery'] & { readonly everyMs: number },
): Observable<RecoveryEvent> {
  if (recovery === undefined) return EMPTY;
  const services = { recovery, catalogue, log, store, events, clock, wait: timers.wait };
  return queueRecovery(timer(0, everyMs, timers.scheduler), {
    lostSales: watchLostSales({ recovery, catalogue: remembered, clock }),
    recoverSale: (saleId, run) => recoverSale(saleId, services, { ...options, ...run }),
    serves: () => recovery.serves(),
    declareSound: () => recovery.declareSound(),
  });
}

function finishPublishing(
  { queue, catalogue, events, clock }: SchedulerPorts,
  { sales }: RememberedCatalogue,
): Observable<ResumedPublishing> {
  const stored = {
    sale: (saleId: string) => catalogue.sale(saleId),
    saveSale: (sale: Sale, change?: SaleChange) => catalogue.saveSale(sale, change),
  };
  return defer(() => resumePublishing({ queue, catalogue: { ...stored, sales }, events, clock })).pipe(
    mergeMap((resumed) => resumed),
    catchError((fault: unknown) => of({ fault })),
  );
}

function changes(
  tick$: Observable<unknown>,
  apply: () => Promise<readonly ChangeFault[]>,
): Observable<ChangeFault | { readonly fault: unknown }> {
  return tick$.pipe(
    exhaustMap(() =>
      defer(apply).pipe(
        mergeMap((faults) => faults),
        catchError((fault: unknown) => of({ fault })),
      ),
    ),
  );
}

/**
 * Publishes all unpublished reservations, without waiting for their lease: for a process that has the queue to itself,
 * before it accepts the first purchase. None of them can still be in flight.
 */
export async function relayLeftovers(
  { queue, log, catalogue, clock }: SchedulerPorts,
  { relayed: onRelayed }: Pick<SchedulerObserver, 'relayed'>,
): Promise<void> {
  const sales = withUnpublished(watched(rememberedCatalogue({ catalogue, clock }).all, clock), queue);
  const relayed$ = relay(of(0), { queue, log, sales }, { ...relayDefaults, leaseMs: 0 });
  for (const relayed of await lastValueFrom(relayed$.pipe(toArray()))) onRelayed(relayed);
}
