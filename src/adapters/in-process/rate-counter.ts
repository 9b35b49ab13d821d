import { RateLimiterMemory } from 'rate-limiter-flexible';
import { RATE_WINDOW_MS, type RateCounter } from '../../ports/rate-counter.ts';

/** The rate counter of an installation that is one process. */
export function createInProcessRateCounter(): RateCounter {
  // Only its counting is used: resilience/rate-limit.ts decides what the limit is, and what happens when it is reached.
  const limiter = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: RATE_WINDOW_MS / 1000 });
  return {
    count: async (key, points) => {
      const { consumedPoints, msBeforeNext } = await limiter.consume(key, points);
      return { used: consumedPoints, endsInMs: msBeforeNext };
    },
  };
}
