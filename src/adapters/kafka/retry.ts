import { setTimeout as delay } from 'node:timers/promises';

/** Soon after the first failure, once in two seconds in the long run. */
const FIRST_WAIT_MS = 100;
const LAST_WAIT_MS = 2000;

export interface RetryOptions {
  /** Ends the tries. */
  readonly signal: AbortSignal;
  readonly onFailure?: (error: unknown) => void;
}

/** Tries until it succeeds; undefined when the signal came first. Never rejects. */
export async function untilDone<T>(
  work: () => Promise<T>,
  { signal, onFailure }: RetryOptions,
): Promise<T | undefined> {
  for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(2 * waitMs, LAST_WAIT_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!signal.aborted) onFailure?.(error);
    }
    // Half of the wait is random, so that the processes of a fleet don't come back at the same moment.
    await pause(waitMs * (0.5 + Math.random() / 2), signal);
  }
  return undefined;
}

/** Resolves after the time, or when the signal comes. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}

/** Resolves with whether the promise settled within the time. */
export async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const done = promise.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}
