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

/** `refused`: somebody else has the lease. `lapsed`: it could not be renewed in time, so somebody may have it. */
export type LeadershipChange = 'taken' | 'refused' | 'lapsed';

export interface LeadershipOptions {
  /** The lease. */
  readonly name: string;
  /** Unique to this process, for ever. */
  readonly holder: string;
  /** How long others are kept out without a renewal, and how long this one trusts its lease without one. */
  readonly ttlMs: number;
  /** Between a renewal and the next, while leading. */
  readonly renewMs: number;
  /** Between two tries, while somebody else leads or the leases don't answer. */
  readonly retryMs: number;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly onChange?: (change: LeadershipChange) => void;
  /** A call of the leases failed; it is tried again. */
  readonly onFault?: (error: unknown) => void;
  /** @default asyncScheduler */
  readonly scheduler?: SchedulerLike;
}

/** A killed leader is followed within 8 + 1 seconds, and three renewals in a row may be lost. */
export const leadershipDefaults = {
  ttlMs: 8000,
  renewMs: 2000,
  retryMs: 1000,
} as const satisfies Partial<LeadershipOptions>;

/**
 * Runs `work` while a lease is held, anew each time that it is taken. When it is lost, `work` is unsubscribed at once and
 * the lease asked for again. It is lost when the leases say so, or when `ttlMs` of the monotonic clock have gone by since
 * the last renewal that was granted was asked for: from then on somebody else may hold it, whatever this process knows.
 *
 * Ends as `work` does; then, or when it is unsubscribed, the lease is given back, so that another need not wait for its
 * end. What `work` awaits when it is unsubscribed goes on: each of its steps must stand another leader beside it.
 */
export function whileLeading<T>(
  leases: Pick<Leases, 'acquire' | 'release'>,
  options: LeadershipOptions,
  work: () => Observable<T>,
): Observable<T> {
  return leadership(leases, options).pipe(
    // A completed `work` would not complete what switches to it.
    switchMap((leads) => (leads ? defer(work).pipe(materialize()) : EMPTY)),
    dematerialize(),
  );
}

/** True when the lease is taken, false when it is lost; begins with the first time that it is taken. */
function leadership(leases: Pick<Leases, 'acquire' | 'release'>, options: LeadershipOptions): Observable<boolean> {
  const { name, holder, ttlMs, renewMs, retryMs, clock, onChange, onFault, scheduler = asyncScheduler } = options;
  return defer(() => {
    let pauseMs = retryMs;
    const asked$ = defer(() => {
      const trustedUntil = clock.monotonic() + ttlMs;
      pauseMs = retryMs;
      return from(leases.acquire(name, holder, ttlMs)).pipe(
        // A later answer is worth nothing: the lease that it grants counts from when it was asked for.
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
      // Also after a first call that was not answered: it may have been granted.
      finalize(() => {
        leases.release(name, holder).catch((error: unknown) => onFault?.(error));
      }),
    );
  });
}
