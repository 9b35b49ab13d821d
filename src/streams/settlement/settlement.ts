import {
  catchError,
  concatMap,
  count,
  defer,
  EMPTY,
  from,
  map,
  type Observable,
  reduce,
  type SchedulerLike,
  tap,
} from 'rxjs';
import { isFault, messageOf } from '../../domain/errors.ts';
import { ordersIn } from '../../domain/log-record.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { LogChunk, OrderLog } from '../../ports/order-log.ts';
import type { OrderStore, Rejection } from '../../ports/order-store.ts';
import { type BatchByLimits, batchBy } from '../operators/batch-by.ts';
import { type BackoffOptions, retryWithBackoff } from '../operators/retry-with-backoff.ts';
import { batchOf, type JudgedEntry, judgeEntries, lastPositions } from './batch.ts';
import type { SettlementFences } from './fences.ts';

export interface SettlementPorts {
  readonly store: Pick<OrderStore, 'store'>;
  readonly log: Pick<OrderLog, 'deadLetter'>;
  readonly fences: SettlementFences;
  readonly events: Pick<EventBus, 'publish'>;
}

export interface SettlementLimits {
  /** Orders in one transaction, about. */
  readonly batchSize: number;
  /** How long a batch waits for more. */
  readonly batchMs: number;
}

export interface SettlementOptions extends SettlementLimits {
  readonly group: string;
  /** Other limits from now on, each time. */
  readonly limits$?: Observable<SettlementLimits>;
  /** Tries of an entry that the store refuses for no reason of its own health, before it is set aside. */
  readonly maxAttempts: number;
  readonly backoff: Pick<BackoffOptions, 'baseMs' | 'capMs' | 'onRetry' | 'random'>;
  readonly scheduler?: SchedulerLike;
}

export const settlementDefaults = {
  group: 'settlement',
  // One multi-row insert of this size is near the best rate of MySQL and well below its packet limit.
  batchSize: 1000,
  batchMs: 5,
  maxAttempts: 3,
  backoff: { baseMs: 100, capMs: 5000 },
} as const satisfies SettlementOptions;

/** What one batch came to. */
export interface SettledBatch {
  readonly entries: number;
  readonly stored: number;
  /** Orders that were stored before: a redelivery, or a relay that was not needed. */
  readonly repeated: number;
  /** Orders that were stored as rejected, because another one was first or behind a fence. */
  readonly rejected: readonly Rejection[];
  /** Entries that could not be processed and were set aside. */
  readonly deadLettered: number;
}

/**
 * Log -> batches -> order store. An entry is acknowledged only when its orders, and the position behind it, are stored
 * or it is a dead letter. Orders of a record that stands behind the fence of its epoch are refused. While the store is
 * away the batch is tried again for as long as it takes, and the log is not read on, since nothing is acknowledged. An
 * entry that can neither be stored nor set aside ends the stream with the fault: going on would lose it.
 */
export function settlement(
  chunk$: Observable<LogChunk>,
  ports: SettlementPorts,
  options: SettlementOptions = settlementDefaults,
): Observable<SettledBatch> {
  const { group, maxAttempts, backoff, limits$ = EMPTY } = options;
  const scheduling = options.scheduler === undefined ? {} : { scheduler: options.scheduler };

  /** Takes a step, again and again for as long as it takes. Each step has its own retries: none repeats one before it. */
  const step = <T>(work: () => Promise<T>, retryable = isRetryable): Observable<T> =>
    defer(work).pipe(retryWithBackoff({ ...backoff, ...scheduling, retryable }));

  const store = async (entries: readonly JudgedEntry[]): Promise<SettledBatch> => {
    const { stored, repeated, rejected } = await ports.store.store(batchOf(group, entries));
    tellLosers(rejected, ports.events);
    return { entries: entries.length, stored, repeated, rejected, deadLettered: 0 };
  };

  const setAside = ({ partition, entry }: JudgedEntry, attempts: number, reason: string): Observable<void> => {
    const raw = entry.raw ?? (entry.record === undefined ? '' : JSON.stringify(entry.record));
    return step(() => ports.log.deadLetter({ group, partition, offset: entry.offset, reason, attempts, raw }));
  };

  /** One entry on its own, after its batch was refused as a whole: is it this one that stands in the way? */
  const settleOne = (placed: JudgedEntry): Observable<SettledBatch> => {
    let refusals = 0;
    const worthAnother = (fault: unknown) => {
      if (isRetryable(fault)) return true;
      refusals += 1;
      return refusals < maxAttempts;
    };
    return step(() => store([placed]), worthAnother).pipe(
      catchError((fault: unknown) =>
        setAside(placed, refusals, messageOf(fault)).pipe(
          concatMap(() => step(() => ports.store.store({ group, positions: lastPositions([placed]), orders: [] }))),
          map(() => ({ ...NOTHING, entries: 1, deadLettered: 1 })),
        ),
      ),
    );
  };

  const settle = (entries: readonly JudgedEntry[]): Observable<SettledBatch> =>
    from(entries.filter(({ entry }) => entry.record === undefined)).pipe(
      concatMap((placed) => setAside(placed, 1, placed.entry.error ?? NO_REASON)),
      count(),
      concatMap((deadLettered) =>
        step(() => store(entries)).pipe(
          catchError(() => from(entries).pipe(concatMap(settleOne), reduce(add, NOTHING))),
          map((settled) => ({ ...settled, deadLettered: settled.deadLettered + deadLettered })),
        ),
      ),
    );

  return chunk$.pipe(
    batchBy({
      ...batchLimits(options),
      limits$: limits$.pipe(map(batchLimits)),
      weigh: ({ entries }) => ordersIn(entries),
      ...scheduling,
    }),
    concatMap((chunks) =>
      settle(judgeEntries(chunks, ports.fences)).pipe(
        tap(() => {
          for (const chunk of chunks) chunk.ack();
        }),
      ),
    ),
  );
}

function batchLimits({ batchSize, batchMs }: SettlementLimits): BatchByLimits {
  return { size: batchSize, ms: batchMs };
}

const NO_REASON = 'no record';

const NOTHING: SettledBatch = { entries: 0, stored: 0, repeated: 0, rejected: [], deadLettered: 0 };

function add(a: SettledBatch, b: SettledBatch): SettledBatch {
  return {
    entries: a.entries + b.entries,
    stored: a.stored + b.stored,
    repeated: a.repeated + b.repeated,
    rejected: [...a.rejected, ...b.rejected],
    deadLettered: a.deadLettered + b.deadLettered,
  };
}

/** A fault of the store's health is waited out; anything else is taken to be the entry's own. */
function isRetryable(fault: unknown): boolean {
  return isFault(fault) && fault.retryable;
}

/**
 * Buyers who hold a 201 for an order that lost to a rival hear of it. A refused one was answered by nobody, and may yet
 * be accepted under the new epoch: there is nothing to tell.
 */
function tellLosers(rejected: readonly Rejection[], events: Pick<EventBus, 'publish'>): void {
  const orders = rejected.filter(({ reason }) => reason !== 'fence').map(({ order }) => order);
  if (orders.length > 0) events.publish({ type: 'orders', orders });
}
