import {
  asyncScheduler,
  catchError,
  concat,
  defer,
  dematerialize,
  distinctUntilChanged,
  EMPTY,
  filter,
  finalize,
  from,
  map,
  materialize,
  type Observable,
  of,
  repeat,
  type SchedulerLike,
  skip,
  startWith,
  switchMap,
  tap,
  timeout,
  timer,
} from 'rxjs';
import type { Clock } from '../../ports/clock.ts';
import type { Leases } from '../../ports/leases.ts';

/**
 * `refused`: another process holds the lease. `lapsed`: it could not be renewed in time, so another process may hold
 * it.
 */
export type LeadershipChange = 'taken' | 'refused' | 'lapsed';

export interface LeadershipOptions {
  /** Name of the lease. */
  readonly name: string;
  /** Unique to this process and never reused. */
  readonly holder: string;
  /** How long a lease lasts without a renewal, both for others and for this process, milliseconds. */
  readonly ttlMs: number;
  /** Interval of renewals while leading, milliseconds. */
  readonly renewMs: number;
  /** Interval of attempts while another process leads or the lease store does not answer, milliseconds. */
  readonly retryMs: number;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly onChange?: (change: LeadershipChange) => void;
  /** A call of the lease store failed; it is retried. */
  readonly onFault?: (error: unknown) => void;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/** A killed leader is replaced within 8 + 1 seconds, and three renewals in a row may be lost. */
export const leadershipDefaults = {
  ttlMs: 8000,
  renewMs: 2000,
  retryMs: 1000,
} as const satisfies Partial<LeadershipOptions>;

/**
 * Subscribes to `work` each time a lease is taken, for as long as it is held. When the lease is lost, `work` is
 * unsubscribed at once and the lease requested again. It is lost when the lease store says so, or when `ttlMs` have
 * passed on the monotonic clock since the last granted renewal was requested: from then on another process may hold it.
 *
 * Ends as `work` does. Then, or when it is unsubscribed, the lease is released, so that another process need not wait
 * for its end. What `work` is awaiting when it is unsubscribed continues: each of its steps must be safe beside another
 * leader.
 */
export function whileLeading<T>(
  leases: Pick<Leases, 'acquire' | 'release'>,
  options: LeadershipOptions,
  work: () => Observable<T>,
): Observable<T> {
  return leadership(leases, options).pipe(
    // Completing `work` alone would not complete the outer stream.
    switchMap((leads) => (leads ? defer(work).pipe(materialize()) : EMPTY)),
    dematerialize(),
  );
}

/** True when the lease is taken, false when it is lost; starts with the first time that it is taken. */
function leadership(leases: Pick<Leases, 'acquire' | 'release'>, options: LeadershipOptions): Observable<boolean> {
  const { name, holder, ttlMs, renewMs, retryMs, clock, onChange, onFault, scheduler = asyncScheduler } = options;
  return defer(() => {
    let pauseMs = retryMs;
    const asked$ = defer(() => {
      const trustedUntil = clock.monotonic() + ttlMs;
      pauseMs = retryMs;
      return from(leases.acquire(name, holder, ttlMs)).pipe(
        // A later answer is useless: the lease that it grants counts from the time of the request.
        timeout({ each: ttlMs, scheduler }),
        map((granted) => ({ granted, leftMs: trustedUntil - clock.monotonic() })),
      );
    }).pipe(
      catchError((error: unknown) => {
        onFault?.(error);
        return EMPTY;
      }),
      repeat({ delay: () => timer(pauseMs, scheduler) }),
    );
    return asked$.pipe(
      filter(({ granted, leftMs }) => !granted || leftMs > 0),
      switchMap(({ granted, leftMs }): Observable<LeadershipChange> => {
        if (!granted) return of('refused');
        pauseMs = renewMs;
        return concat(of('taken' as const), timer(leftMs, scheduler).pipe(map(() => 'lapsed' as const)));
      }),
      startWith('refused' as const),
      distinctUntilChanged((before, after) => (before === 'taken') === (after === 'taken')),
      skip(1),
      tap(onChange),
      map((change) => change === 'taken'),
      // Also if the first call was never answered: it may have been granted.
      finalize(() => {
        leases.release(name, holder).catch((error: unknown) => onFault?.(error));
      }),
    );
  });
}
