import type { Timers } from '../../ports/timers.ts';
import { retry } from '../../resilience/retry.ts';

/**
 * Errors after which the server has rolled the whole transaction back and expects it to be repeated: deadlock (1213), lock
 * wait timeout (1205), and MariaDB's "record has changed since last read" (1020).
 */
const RETRYABLE = new Set([1213, 1205, 1020]);

/** A row has the unique key of one that is stored, maybe since we read it. */
export const DUPLICATE_KEY: ReadonlySet<number> = new Set([1062]);

/** Redelivered batches may collide several times after a rebalance; later retries are up to the caller. */
export const DEADLOCK_ATTEMPTS = 8;

/** About the time of a commit, so that transactions that collided don't collide again. */
const BASE_PAUSE_MS = 5;
const MAX_PAUSE_MS = 200;

const NO_OTHERS: ReadonlySet<number> = new Set();

export interface DeadlockRetryOptions {
  /** Further errors after which a new transaction may succeed. @default none */
  readonly alsoAfter?: ReadonlySet<number>;
  readonly wait?: Timers['wait'];
}

/** Repeats a transaction if the server expects that. `run` must begin a new transaction each time. */
export function retryDeadlocks<Result>(
  run: () => Promise<Result>,
  { alsoAfter = NO_OTHERS, wait }: DeadlockRetryOptions = {},
): Promise<Result> {
  return retry(run, {
    baseMs: BASE_PAUSE_MS,
    capMs: MAX_PAUSE_MS,
    attempts: DEADLOCK_ATTEMPTS,
    retryable: (error) => RETRYABLE.has(errnoOf(error)) || alsoAfter.has(errnoOf(error)),
    ...(wait && { wait }),
  });
}

export function isDuplicateKey(error: unknown): boolean {
  return DUPLICATE_KEY.has(errnoOf(error));
}

function errnoOf(error: unknown): number {
  return error instanceof Error && 'errno' in error ? Number(error.errno) : Number.NaN;
}
