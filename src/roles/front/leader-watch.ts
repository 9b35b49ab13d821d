import { catchError, defer, EMPTY, exhaustMap, type SchedulerLike, timer } from 'rxjs';
import type { Clock } from '../../ports/clock.ts';
import type { Leases } from '../../ports/leases.ts';
import { SCHEDULER_LEASE } from '../scheduler-lease.ts';

export interface LeaderWatchParts {
  readonly leases: Pick<Leases, 'held'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly scheduler: SchedulerLike;
  /** Called after each look that the lease store answered. */
  readonly onLook: (look: LeaderLook) => void;
}

export interface LeaderLook {
  /** For how long no process has led the scheduler's work; 0 while one does. */
  readonly missingMs: number;
  readonly missing: boolean;
  /** Whether `missing` was different before. */
  readonly changed: boolean;
}

export interface LeaderWatch {
  /** Undefined as long as none is missing. */
  readonly detail: () => string | undefined;
  stop(): void;
}

/** One read of a small table by each front. */
const LOOK_EVERY_MS = 5000;

/** A killed leader is replaced within nine seconds; a release of all schedulers at once takes a little longer. */
const MISSING_AFTER_MS = 20_000;

/**
 * Looks whether a process leads the scheduler's work. Without one nothing expires, is refunded or recovered, and no process
 * that would report it has to be running. While the lease store is unavailable nothing is known, and nothing changes.
 */
export function watchLeader({ leases, clock, scheduler, onLook }: LeaderWatchParts): LeaderWatch {
  let seenAt = clock.monotonic();
  let wasMissing = false;
  let detail: string | undefined;

  const look = async (): Promise<void> => {
    const held = await leases.held(SCHEDULER_LEASE.name, SCHEDULER_LEASE.ttlMs);
    const now = clock.monotonic();
    if (held.includes(SCHEDULER_LEASE.name)) seenAt = now;
    const missingMs = now - seenAt;
    const missing = missingMs >= MISSING_AFTER_MS;
    detail = missing
      ? `no process has led the scheduler for ${Math.round(missingMs / 1000)} s: nothing expires, is refunded or recovered`
      : undefined;
    onLook({ missingMs, missing, changed: missing !== wasMissing });
    wasMissing = missing;
  };

  const looking = timer(0, LOOK_EVERY_MS, scheduler)
    .pipe(exhaustMap(() => defer(look).pipe(catchError(() => EMPTY))))
    .subscribe();
  return { detail: () => detail, stop: () => looking.unsubscribe() };
}
