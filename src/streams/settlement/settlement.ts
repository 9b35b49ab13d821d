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
  /** Approximate number of orders in one transaction. */
  readonly batchSize: number;
  /** How long a batch waits for more entries, milliseconds. */
  readonly batchMs: number;
}

export interface SettlementOptions extends SettlementLimits {
  readonly group: string;
  /** New limits, from each emission on. */
  readonly limits$?: Observable<SettlementLimits>;
  /**
   * Attempts with an entry that the store rejects for a reason other than its own health, before it is dead-lettered.
   */
  readonly maxAttempts: number;
  readonly backoff: Pick<BackoffOptions, 'baseMs' | 'capMs' | 'onRetry' | 'random'>;
  readonly scheduler?: SchedulerLike;
}

export const settlementDefaults = {
  group: 'settlement',
  // One multi-row insert of this size is near the best rate of MySQL and well below its packet limit.
  batchSize: 1000,
  // Nobody waits for it: an order can be read and paid before it is stored. Ten thousand orders a second make batches of 500,
  // where a wait of 5 ms made a transaction, with its sync, for every 50.
  batchMs: 50,
  maxAttempts: 3,
  backoff: { baseMs: 100, capMs: 5000 },
} as const satisfies SettlementOptions;

/** The result of one batch. */
export interface SettledBatch {
  readonly entries: number;
  readonly stored: number;
  /** Orders that were stored already: a redelivery, or an unnecessary relay. */
  readonly repeated: number;
  /** Orders stored as rejected, because of a conflicting earlier order or a fence. */
  readonly rejected: readonly Rejection[];
  /** Entries that could not be processed and were dead-lettered. */
  readonly deadLettered: number;
}

/**
 * Log -> batches -> order store. An entry is acknowledged only once its orders and the position behind it are stored,
 * or it is a dead letter. Orders of a record that lies behind a fence of its epoch are rejected. While the store is
 * unavailable the batch is retried without a limit, and no more of the log is read, since nothing is acknowledged. An
 * entry that can neither be stored nor dead-lettered ends the stream with the fault: continuing would lose it.
 */
export function settlement(
  chunk$: Observable<LogChunk>,
  ports: SettlementPorts,
  options: SettlementOptions = settlementDefaults,
): Observable<SettledBatch> {
  const { group, maxAttempts, backoff, limits$ = EMPTY } = options;
  const scheduling = options.scheduler === undefined ? {} : { scheduler: options.scheduler };

  /** Runs a step, retrying without a limit. Each step has its own retries: none repeats an earlier one. */
  const step = <T>(work: () => Promise<T>, retryable = isRetryable): Observable<T> =>
    defer(work).pipe(retryWithBackoff({ ...backoff, ...scheduling, retryable }));

  const store = async (entries: readonly JudgedEntry[]): Promise<SettledBatch> => {
    const { stored, repeated, rejected } = await ports.store.store(batchOf(group, entries));
    publishRejections(rejected, ports.events);
    return { entries: entries.length, stored, repeated, rejected, deadLettered: 0 };
  };

  const deadLetter = ({ partition, entry }: JudgedEntry, attempts: number, reason: string): Observable<void> => {
    const raw = entry.raw ?? (entry.record === undefined ? '' : JSON.stringify(entry.record));
    return step(() => ports.log.deadLetter({ group, partition, offset: entry.offset, reason, attempts, raw }));
  };

  /** Settles a single entry after its batch was rejected as a whole, to find the one that caused it. */
  const settleOne = (judged: JudgedEntry): Observable<SettledBatch> => {
    let refusals = 0;
    const mayRetry = (fault: unknown) => {
      if (isRetryable(fault)) return true;
      refusals += 1;
      return refusals < maxAttempts;
    };
    return step(() => store([judged]), mayRetry).pipe(
      catchError((fault: unknown) =>
        deadLetter(judged, refusals, messageOf(fault)).pipe(
          concatMap(() => step(() => ports.store.store({ group, positions: lastPositions([judged]), orders: [] }))),
          map(() => ({ ...NOTHING, entries: 1, deadLettered: 1 })),
        ),
      ),
    );
  };

  const settle = (entries: readonly JudgedEntry[]): Observable<SettledBatch> =>
    from(entries.filter(({ entry }) => entry.record === undefined)).pipe(
      concatMap((judged) => deadLetter(judged, 1, judged.entry.error ?? NO_REASON)),
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

/** A fault of the store's health is retried; any other is attributed to the entry. */
function isRetryable(fault: unknown): boolean {
  return isFault(fault) && fault.retryable;
}

/**
 * Notifies buyers who were answered 201 of an order that lost to a conflicting one. An order rejected by a fence was
 * never confirmed to its buyer and may yet be accepted under the new epoch, so it is not announced.
 */
function publishRejections(rejected: readonly Rejection[], events: Pick<EventBus, 'publish'>): void {
  const orders = rejected.filter(({ reason }) => reason !== 'fence').map(({ order }) => order);
  if (orders.length > 0) events.publish({ type: 'orders', orders });
}
