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
  /** How long a call waits for more entries, milliseconds: this delays the live state, which reports and audits read. */
  readonly batchMs: number;
  readonly backoff: Pick<BackoffOptions, 'baseMs' | 'capMs' | 'onRetry' | 'random'>;
  readonly scheduler?: SchedulerLike;
}

export const liveViewDefaults = {
  group: 'live-view',
  // A document of MongoDB or a row of the embedded file is written for each second of a sale and partition: what is written
  // once a second costs little, whatever is sold. The size is beyond what a partition's reader gets in a second.
  batchSize: 2048,
  batchMs: 1000,
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

  const apply = (partition: number, counted: readonly CountedChunk[]): Observable<AppliedEntries> => {
    const entries = withoutRedelivered(counted.flatMap((chunk) => chunk.entries));
    const deltas = entries.flatMap((entry) => entry.deltas);
    return defer(() => ports.live.apply(partition, deltas)).pipe(
      retryWithBackoff({
        ...options.backoff,
        retryable: (fault) => isFault(fault) && fault.retryable,
        ...scheduling,
      }),
      map(() => {
        for (const chunk of counted) chunk.ack();
        return { entries: entries.length, reserved: deltas.reduce((sum, delta) => sum + delta.reserved, 0) };
      }),
    );
  };

  return chunk$.pipe(
    map(countedChunk),
    batchBy({ size: batchSize, ms: batchMs, weigh: ({ entries }) => entries.length, ...scheduling }),
    concatMap((chunks) =>
      from(groupBy(chunks, ({ partition }) => partition)).pipe(
        concatMap(([partition, ofOne]) => apply(partition, ofOne)),
      ),
    ),
  );
}

/** What an entry adds to the live state. */
interface CountedEntry {
  readonly offset: number;
  readonly deltas: readonly LiveDelta[];
}

/** A chunk without its records, so that a second of them need not be kept in memory. */
interface CountedChunk {
  readonly partition: number;
  readonly entries: readonly CountedEntry[];
  readonly ack: () => void;
}

function countedChunk({ partition, entries, ack }: LogChunk): CountedChunk {
  return { partition, entries: entries.map((entry) => ({ offset: entry.offset, deltas: deltasOf(entry) })), ack };
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

function deltasOf({ offset, record }: LogEntry): readonly LiveDelta[] {
  // Reservations that a fence rejects count too: this counts what the log holds, not what became of it.
  if (record?.type !== 'reservations') return [];
  const { saleId, items } = record;
  const deltas: Mutable<LiveDelta>[] = [];
  for (const { reservedAt } of items) {
    const second = Math.floor(reservedAt / 1000);
    // A record's reservations are of one second, or of two at its turn.
    const delta = deltas.find((one) => one.second === second);
    if (delta === undefined) deltas.push({ saleId, offset, second, reserved: 1 });
    else delta.reserved += 1;
  }
  return deltas;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
