import { setTimeout as delay } from 'node:timers/promises';

/**
 * The server rolled the whole transaction back and asks for it again: deadlock (1213), lock wait timeout (1205), and
 * MariaDB's "record has changed since last read" (1020).
 */
const AGAIN = new Set([1213, 1205, 1020]);

/** Redelivered batches that meet after a rebalance may collide several times; then the caller's own retry takes over. */
export const DEADLOCK_ATTEMPTS = 8;

/** About the time of a commit, so that two losers don't meet again; doubled with each attempt, up to the longest. */
const BASE_PAUSE_MS = 5;
const MAX_PAUSE_MS = 200;

/** Runs a transaction again when the server asks for it. `run` must begin a new transaction each time. */
export async function retryDeadlocks<Result>(
  run: () => Promise<Result>,
  random: () => number = Math.random,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (attempt === DEADLOCK_ATTEMPTS || !mustRepeat(error)) throw error;
      await delay(Math.min(MAX_PAUSE_MS, BASE_PAUSE_MS * 2 ** attempt) * random());
    }
  }
}

function mustRepeat(error: unknown): boolean {
  return error instanceof Error && 'errno' in error && AGAIN.has(Number(error.errno));
}
