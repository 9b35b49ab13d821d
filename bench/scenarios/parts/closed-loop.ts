import type { Sample } from '../../runner/scenario.ts';
import { quantile } from '../../support/statistics.ts';

/** Keeps `inFlight` calls in flight for `seconds`. A call resolves with the number of operations that it did. */
export async function closedLoop(seconds: number, inFlight: number, call: () => Promise<number>): Promise<Sample> {
  const took: number[] = [];
  let done = 0;
  const from = performance.now();
  const end = from + seconds * 1000;
  const work = async (): Promise<void> => {
    while (performance.now() < end) {
      const at = performance.now();
      // `done += await call()` would read `done` before it waits, and lose what other calls add meanwhile.
      const more = await call();
      done += more;
      took.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  const sorted = took.toSorted((a, b) => a - b);
  return {
    perSecond: (done * 1000) / (performance.now() - from),
    latency: { p50Ms: quantile(sorted, 0.5), p90Ms: quantile(sorted, 0.9), p99Ms: quantile(sorted, 0.99) },
  };
}
