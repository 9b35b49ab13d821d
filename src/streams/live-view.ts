import { concatMap, defer, from, map, type Observable, type SchedulerLike } from 'rxjs';
import { isFault } from '../domain/errors.ts';
import { groupBy } from '../domain/group-by.ts';
import type { LiveDelta, LiveState } from '../ports/live-state.ts';
import type { LogChunk, LogEntry } from '../ports/order-log.ts';
import { batchBy } from './operators/batch-by.ts';
import { type BackoffOptions, retryWithBackoff } from './operators/retry-with-backoff.ts';

export interface LiveViewOptions {
  readonly group: string;
  /** Approximate number of log entries in one call of the live state. */
  readonly batchSize: number;
  /** How long a call waits for more entries, milliseconds: this delays the live state. */
  readonly batchMs: number;
  readonly backoff: Pick<BackoffOptions, 'baseMs' | 'capMs' | 'onRetry' | 'random'>;
  readonly scheduler?: SchedulerLike;
}

export const liveViewDefaults = {
  group: 'live-view',
  // The embedded log's reader stops at this many unacknowledged entries, or a thousand orders: a larger batch would
  // wait for entries that the reader does not deliver.
  batchSize: 128,
  batchMs: 25,
  backoff: { baseMs: 100, capMs: 5000 },
} as const satisfies LiveViewOptions;

/** Entries of one partition that were applied, and the reservations in them. */
export interface AppliedEntries {
  readonly entries: number;
  readonly reserved: number;
}

/**
 * Log -> batches -> live state, in its own consumer group: while the live state is unavailable this group waits,
 * and sales go on. Unreadable entries are dead-lettered by the settlement, and fences concern only the settlement; both
 * are skipped here.
 */
export function liveView(
  chunk$: Observable<LogChunk>,
  ports: { readonly live: Pick<LiveState, 'apply'> },
  options: LiveViewOptions = liveViewDefaults,
): Observable<AppliedEntries> {
  const { batchSize, batchMs } = options;
  const scheduling = options.scheduler === undefined ? {} : { scheduler: options.scheduler };

  const apply = (partition: number, chunks: readonly LogChunk[]): Observable<AppliedEntries> => {
    const entries = withoutRedelivered(chunks.flatMap((chunk) => chunk.entries));
    const deltas = entries.flatMap(deltasOf);
    return defer(() => ports.live.apply(partition, deltas)).pipe(
      retryWithBackoff({
        ...options.backoff,
        retryable: (fault) => isFault(fault) && fault.retryable,
        ...scheduling,
      }),
      map(() => {
        for (const chunk of chunks) chunk.ack();
        return { entries: entries.length, reserved: deltas.reduce((sum, delta) => sum + delta.reserved, 0) };
      }),
    );
  };

  return chunk$.pipe(
    batchBy({ size: batchSize, ms: batchMs, weigh: ({ entries }) => entries.length, ...scheduling }),
    concatMap((chunks) =>
      from(groupBy(chunks, ({ partition }) => partition)).pipe(
        concatMap(([partition, ofOne]) => apply(partition, ofOne)),
      ),
    ),
  );
}

/**
 * Entries that a rebalance delivers again may share a batch with the first delivery, and the live state takes a call's entries
 * as one: without those at or below an offset that came before, as if each chunk were a call of its own.
 */
function withoutRedelivered(entries: readonly LogEntry[]): readonly LogEntry[] {
  let last = -1;
  return entries.filter(({ offset }) => {
    const isNew = offset > last;
    if (isNew) last = offset;
    return isNew;
  });
}

function deltasOf({ offset, record }: LogEntry): LiveDelta[] {
  // Reservations that a fence rejects count too: this counts what the log holds, not what became of it.
  if (record?.type !== 'reservations') return [];
  const bySecond = new Map<number, number>();
  for (const { reservedAt } of record.items) {
    const second = Math.floor(reservedAt / 1000);
    bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
  }
  return Array.from(bySecond, ([second, reserved]) => ({ saleId: record.saleId, offset, second, reserved }));
}
