/** Readings in a second: more than any number of scrapers needs, and together a few per cent of a core. */
const READS_PER_SECOND = 10;
const SECOND_MS = 1000;

/**
 * Shares an expensive reading: calls that come while one runs get its result, and of a flood all but ten a second get the last
 * one, which is less than a second old. A scraper alone always gets a new one.
 *
 * @param monotonic milliseconds
 */
export function sharedRead<T>(read: () => Promise<T>, monotonic: () => number): () => Promise<T> {
  let last: Promise<T> | undefined;
  let running = false;
  let windowStart = Number.NEGATIVE_INFINITY;
  let reads = 0;
  return () => {
    if (monotonic() - windowStart >= SECOND_MS) {
      windowStart = monotonic();
      reads = 0;
    }
    if (last !== undefined && (running || reads >= READS_PER_SECOND)) return last;
    reads += 1;
    running = true;
    last = read().finally(() => {
      running = false;
    });
    return last;
  };
}
