import type { Timers } from '../../ports/timers.ts';
import { retry } from '../../resilience/retry.ts';

/**
 * Errors after which the server has rolled the whole transaction back and expects it to be repeated: deadlock (1213), lock
 * wait timeout (1205), and MariaDB's "record has changed since last read" (1020).
 */
const RETRYABLE = new Set([1213, 1205, 1020]);

/** Redelivered batches may collide several times after a rebalance; later retries are up to the caller. */
export const DEADLOCK_ATTEMPTS = 8;

/** About the time of a commit, so that transactions that collided don't collide again. */
const BASE_PAUSE_MS = 5;
const MAX_PAUSE_MS = 200;

/** Repeats a transaction if the server expects that. `run` must begin a new transaction each time. */
export function retryDeadlocks<Result>(run: () => Promise<Result>, wait?: Timers['wait']): Promise<Result> {
  return retry(run, {
    baseMs: BASE_PAUSE_MS,
    capMs: MAX_PAUSE_MS,
    attempts: DEADLOCK_ATTEMPTS,
    retryable: (error) => error instanceof Error && 'errno' in error && RETRYABLE.has(Number(error.errno)),
    ...(wait && { wait }),
  });
}
