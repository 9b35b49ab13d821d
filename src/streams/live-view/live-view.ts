import { concatMap, defer, from, map, type Observable, type SchedulerLike } from 'rxjs';
import { isFault } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LiveState } from '../../ports/live-state.ts';
import type { LogChunk } from '../../ports/order-log.ts';
import { type BackoffOptions, retryWithBackoff } from '../operators/retry-with-backoff.ts';
import { type CountedEntry, counted } from './counted.ts';
import type { PartitionBatch } from './held-entries.ts';
import { wholeSeconds } from './whole-seconds.ts';

export interface LiveViewBatch {
  /** Log entries that are held at the most before the live state is told. */
  readonly size: number;
  /** The live state is told of a second so long after its end, milliseconds. Reports and audits see it then. */
  readonly marginMs: number;
  /** It is told at once when nothing was logged for so long, milliseconds; see {@link wholeSeconds}. */
  readonly quietMs: number;
}

export interface LiveViewOptions {
  readonly group: string;
  readonly batch: LiveViewBatch;
  readonly backoff: Pick<BackoffOptions, 'baseMs' | 'capMs' | 'onRetry' | 'random'>;
  readonly scheduler?: SchedulerLike;
}

export const liveViewDefaults = {
  group: 'live-view',
  // A document of MongoDB or a row of the embedded file is written for each second of a sale and partition: once, at the end
  // of the second, it costs little, whatever is sold. The size is beyond what a partition's reader gets in a second.
  batch: { size: 2048, marginMs: 100, quietMs: 100 },
  backoff: { baseMs: 100, capMs: 5000 },
} as const satisfies LiveViewOptions;

/** Entries of one partition that were applied, and the tickets reserved in them. */
export interface AppliedEntries {
  readonly entries: number;
  readonly reserved: number;
}

export interface LiveViewPorts {
  readonly live: Pick<LiveState, 'apply'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Log -> batches -> live state, in its own consumer group: while the live state is unavailable this group waits,
 * and sales go on. Unreadable entries are dead-lettered by the settlement, and fences concern only the settlement; both
 * are skipped here.
 */
export function liveView(
  chunk$: Observable<LogChunk>,
  { live, clock }: LiveViewPorts,
  options: LiveViewOptions = liveViewDefaults,
): Observable<AppliedEntries> {
  const scheduling = options.scheduler === undefined ? {} : { scheduler: options.scheduler };

  const apply = ({ partition, entries, acks }: PartitionBatch): Observable<AppliedEntries> => {
    const once = withoutRedelivered(entries);
    const deltas = once.flatMap((entry) => entry.deltas);
    return defer(() => live.apply(partition, deltas)).pipe(
      retryWithBackoff({
        ...options.backoff,
        retryable: (fault) => isFault(fault) && fault.retryable,
        ...scheduling,
      }),
      map(() => {
        for (const ack of acks) ack();
        return { entries: once.length, reserved: deltas.reduce((sum, delta) => sum + delta.reserved, 0) };
      }),
    );
  };

  return chunk$.pipe(
    map(counted),
    wholeSeconds({ ...options.batch, clock, ...scheduling }),
    concatMap((batches) => from(batches).pipe(concatMap(apply))),
  );
}

/**
 * Entries that a rebalance delivers again may share a batch with the first delivery, and the live state takes a call's entries
 * as one: without those at or below an offset that came before, as if each chunk were a call of its own.
 */
function withoutRedelivered(entries: readonly CountedEntry[]): readonly CountedEntry[] {
  let last = -1;
  return entries.filter(({ offset }) => {
    const isNew = offset > last;
    if (isNew) last = offset;
    return isNew;
  });
}
