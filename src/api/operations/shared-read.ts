import { setTimeout as delay } from 'node:timers/promises';

/** Readings in a second: more than any number of scrapers needs, and together a few per cent of a core. */
const READS_PER_SECOND = 10;
const SECOND_MS = 1000;

/**
 * Shares an expensive reading: calls that come while one runs get its result, and of a flood all but ten a second wait for
 * the next second's reading, which they share. No call gets a reading that ended before it.
 *
 * @param monotonic milliseconds
 */
export function sharedRead<T>(
  read: () => Promise<T>,
  monotonic: () => number,
  wait: (ms: number) => Promise<unknown> = delay,
): () => Promise<T> {
  /** A reading that runs, or that waits for its second. */
  let current: Promise<T> | undefined;
  let windowStart = Number.NEGATIVE_INFINITY;
  let reads = 0;

  const readInTurn = async (): Promise<T> => {
    const now = monotonic();
    if (now - windowStart < SECOND_MS && reads >= READS_PER_SECOND) await wait(windowStart + SECOND_MS - now);
    if (monotonic() - windowStart >= SECOND_MS) {
      windowStart = monotonic();
      reads = 0;
    }
    reads += 1;
    return read();
  };

  return () => {
    current ??= readInTurn().finally(() => {
      current = undefined;
    });
    return current;
  };
}
