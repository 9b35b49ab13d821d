import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RATE_WINDOW_MS, type RateCounter } from '../../../src/ports/rate-counter.ts';

export interface RateCounterBench {
  /** Another process of the installation. */
  readonly join: () => Promise<RateCounter>;
  readonly close: () => Promise<void>;
}

/** Tests of the rate counter port. */
export function rateCounterContract(name: string, open: () => Promise<RateCounterBench>): void {
  describe(`${name} as a rate counter`, () => {
    let bench: RateCounterBench;
    let rates: RateCounter;

    beforeEach(async () => {
      bench = await open();
      rates = await bench.join();
    });
    afterEach(() => bench.close());

    it('adds up the points of a key, and returns when its window ends', async () => {
      const first = await rates.count('u1', 3);
      expect(first.used).toBe(3);
      expect(first.endsInMs).toBeGreaterThan(0);
      expect(first.endsInMs).toBeLessThanOrEqual(RATE_WINDOW_MS);
      expect((await rates.count('u1', 1)).used).toBe(4);
    });

    it('counts each key separately', async () => {
      await rates.count('u1', 5);
      expect((await rates.count('u2', 1)).used).toBe(1);
      expect((await rates.count('u1}:{x', 1)).used).toBe(1);
    });

    it('counts concurrent calls', async () => {
      const counts = await Promise.all(Array.from({ length: 50 }, () => rates.count('u1', 1)));
      expect(counts.map(({ used }) => used).toSorted((a, b) => a - b)).toEqual(counts.map((_, n) => n + 1));
    });

    it('starts again when the window has ended', async () => {
      await rates.count('u1', 100);
      // A new window holds one point, and one more for each check.
      await vi.waitFor(async () => expect((await rates.count('u1', 1)).used).toBeLessThan(100), {
        timeout: 5 * RATE_WINDOW_MS,
        interval: RATE_WINDOW_MS / 10,
      });
    });
  });
}
