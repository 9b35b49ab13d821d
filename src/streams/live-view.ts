import { concatMap, defer, map, type Observable, type SchedulerLike } from 'rxjs';
import { isFault } from '../domain/errors.ts';
import type { LiveDelta, LiveState } from '../ports/live-state.ts';
import type { LogChunk, LogEntry } from '../ports/order-log.ts';
import { type BackoffOptions, retryWithBackoff } from './operators/retry-with-backoff.ts';

export interface LiveViewOptions {
  readonly group: string;
  readonly backoff: Pick<BackoffOptions, 'baseMs' | 'capMs' | 'onRetry' | 'random'>;
  readonly scheduler?: SchedulerLike;
}

export const liveViewDefaults = {
  group: 'live-view',
  backoff: { baseMs: 100, capMs: 5000 },
} as const satisfies LiveViewOptions;

/** Entries that were applied, and the reservations in them. */
export interface AppliedChunk {
  readonly entries: number;
  readonly reserved: number;
}

/**
 * Log -> live state, in a group of its own: when the live state is away this one waits, and sales go on. Entries that
 * are no records are the settlement's to set aside, and fences are its affair; they are passed over here.
 */
export function liveView(
  chunk$: Observable<LogChunk>,
  ports: { readonly live: Pick<LiveState, 'apply'> },
  options: LiveViewOptions = liveViewDefaults,
): Observable<AppliedChunk> {
  const { scheduler } = options;
  return chunk$.pipe(
    concatMap((chunk) => {
      const deltas = chunk.entries.flatMap(deltasOf);
      return defer(() => ports.live.apply(chunk.partition, deltas)).pipe(
        retryWithBackoff({
          ...options.backoff,
          retryable: (fault) => isFault(fault) && fault.retryable,
          ...(scheduler === undefined ? {} : { scheduler }),
        }),
        map(() => {
          chunk.ack();
          return { entries: chunk.entries.length, reserved: deltas.reduce((sum, delta) => sum + delta.reserved, 0) };
        }),
      );
    }),
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
