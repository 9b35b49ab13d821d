import { concatMap, defer, from, map, type Observable, type SchedulerLike } from 'rxjs';
import { isFault } from '../domain/errors.ts';
import { groupBy } from '../domain/group-by.ts';
import type { LiveDelta, LiveState } from '../ports/live-state.ts';
import type { LogChunk, LogEntry } from '../ports/order-log.ts';
import { batchBy } from './operators/batch-by.ts';
import { type BackoffOptions, retryWithBackoff } from './operators/retry-with-backoff.ts';

export interface LiveViewOptions {
  readonly group: string;
  /** Log entries in one call of the live state, about. */
  readonly batchSize: number;
  /** How long a call waits for more: the live state is as much later. */
  readonly batchMs: number;
  readonly backoff: Pick<BackoffOptions, 'baseMs' | 'capMs' | 'onRetry' | 'random'>;
  readonly scheduler?: SchedulerLike;
}

export const liveViewDefaults = {
  group: 'live-view',
  // The embedded log's reader stops at so many entries, or a thousand orders, that are not acknowledged: with more to wait for
  // the stream would wait for itself.
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
 * Log -> batches -> live state, in a group of its own: when the live state is away this one waits, and sales go on. Entries
 * that are no records are the settlement's to set aside, and fences are its affair; they are passed over here.
 */
export function liveView(
  chunk$: Observable<LogChunk>,
  ports: { readonly live: Pick<LiveState, 'apply'> },
  options: LiveViewOptions = liveViewDefaults,
): Observable<AppliedEntries> {
  const { batchSize, batchMs } = options;
  const scheduling = options.scheduler === undefined ? {} : { scheduler: options.scheduler };

  const apply = (partition: number, chunks: readonly LogChunk[]): Observable<AppliedEntries> => {
    const entries = chunks.flatMap((chunk) => chunk.entries);
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

function deltasOf({ offset, record }: LogEntry): LiveDelta[] {
  // What a fence refuses counts all the same: this is what the log holds, not what became of it.
  if (record?.type !== 'reservations') return [];
  const bySecond = new Map<number, number>();
  for (const { reservedAt } of record.items) {
    const second = Math.floor(reservedAt / 1000);
    bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
  }
  return Array.from(bySecond, ([second, reserved]) => ({ saleId: record.saleId, offset, second, reserved }));
}
