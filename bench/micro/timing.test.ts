import { describe, expect, it } from 'vitest';
import { lastResult, time } from './timing.ts';

const TIMING = { rounds: 3, ms: 2, warmUpMs: 2 };

describe('time', () => {
  it('sets up once, and calls until the time is up', () => {
    let [setUps, calls] = [0, 0];
    const spread = time(
      {
        operations: 1,
        setUp: () => {
          setUps += 1;
          return () => {
            calls += 1;
            return calls;
          };
        },
      },
      TIMING,
    );
    expect(setUps).toBe(1);
    expect(calls).toBeGreaterThan(TIMING.rounds);
    expect(lastResult()).toBe(calls);
    expect(spread.min).toBeGreaterThan(0);
    expect(spread.max).toBeGreaterThanOrEqual(spread.median);
  });

  it('divides the time of a call by its operations', () => {
    const spin = () => {
      const end = performance.now() + 0.1;
      while (performance.now() < end);
    };
    const whole = time({ operations: 1, setUp: () => spin }, TIMING);
    const shared = time({ operations: 100, setUp: () => spin }, TIMING);
    expect(whole.min).toBeGreaterThanOrEqual(100_000);
    // Without the division both would be equal; with it one is a hundredth of the other.
    expect(shared.min * 2).toBeLessThan(whole.min);
  });
});
