import { setTimeout as delay } from 'node:timers/promises';

/**
 * Calls `check` until it gives something truthy, and resolves with that; with its last result when the time is over.
 *
 * @template T
 * @param {() => T | Promise<T>} check
 * @param {{ everyMs: number, timeoutMs?: number }} options without `timeoutMs` the time is unlimited
 * @returns {Promise<T>}
 */
export async function pollUntil(check, { everyMs, timeoutMs = Number.POSITIVE_INFINITY }) {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const result = await check();
    if (result || performance.now() >= end) return result;
    await delay(everyMs);
  }
}
