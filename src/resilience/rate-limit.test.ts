import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryRateCounter } from '../../test/support/fakes/memory-rate-counter.ts';
import { RateLimit } from './rate-limit.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const now = () => performance.now();
const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The limits of several processes on one counter, `travelMs` one way. */
function cluster({ processes = 1, perSecond = 100, travelMs = 0 }) {
  const counter = new MemoryRateCounter({ now, ...(travelMs === 0 ? {} : { travel: () => later(travelMs) }) });
  const limits = Array.from(
    { length: processes },
    () => new RateLimit({ name: 'buyer', perSecond: () => perSecond, counter, now }),
  );
  return { counter, limits, limit: limits[0] as RateLimit };
}

/** A buyer whose requests are spread evenly over the processes; returns how many were admitted in each second. */
async function ask(limits: readonly RateLimit[], { perSecond = 1000, seconds = 3, key = 'u1' }): Promise<number[]> {
  const admitted = new Array<number>(seconds).fill(0);
  for (let n = 0; n < perSecond * seconds; n += 1) {
    const second = Math.floor(n / perSecond);
    if (limits[n % limits.length]?.take(key)) admitted[second] = (admitted[second] ?? 0) + 1;
    await vi.advanceTimersByTimeAsync(1000 / perSecond);
  }
  return admitted;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);

describe('a limit over several processes', () => {
  it('gives a buyer at 1,000 a second 100 a second over two fronts, 3 ms from the counter', async () => {
    const { limits } = cluster({ processes: 2, travelMs: 3 });
    const admitted = await ask(limits, { seconds: 10 });
    expect(Math.abs(sum(admitted) - 1000)).toBeLessThanOrEqual(50);
  });

  it('stays within 5 % in the long run, for any distance to the counter and number of processes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ processes: fc.integer({ min: 1, max: 4 }), travelMs: fc.integer({ min: 0, max: 10 }) }),
        async (options) => {
          const { limits } = cluster(options);
          const admitted = await ask(limits, { seconds: 10 });
          expect(sum(admitted)).toBeLessThanOrEqual(1050);
          expect(sum(admitted)).toBeGreaterThanOrEqual(950 - 10 * options.travelMs);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('deducts the excess of one window from the next ones', async () => {
    const { limits } = cluster({ processes: 2, travelMs: 50 });
    const admitted = await ask(limits, { seconds: 10 });
    expect(admitted[0]).toBeGreaterThan(105);
    // What is in flight to a counter 50 ms away and back is not deducted yet.
    expect(sum(admitted)).toBeLessThanOrEqual(1000 + 150);
  });

  it('never refuses a buyer who stays within it', async () => {
    const { limits } = cluster({ processes: 2, travelMs: 3 });
    expect(sum(await ask(limits, { perSecond: 90, seconds: 5 }))).toBe(450);
    expect(limits.map(({ refused }) => refused)).toEqual([0, 0]);
  });

  it('does not call the counter for a buyer who clicks once', async () => {
    const { limit, counter } = cluster({});
    for (let n = 0; n < 1000; n += 1) expect(limit.take(`u${n}`)).toBe(true);
    expect(counter.calls).toBe(0);
  });

  it('sends in one call what arrived during the previous one', async () => {
    const { limit, counter } = cluster({ travelMs: 5 });
    for (let n = 0; n < 60; n += 1) limit.take('u1');
    expect(counter.calls).toBe(1);
    await vi.advanceTimersByTimeAsync(20);
    expect(counter.calls).toBe(2);
  });

  it('makes no more calls for a buyer over the limit until the window ends', async () => {
    const { limit, counter } = cluster({});
    await ask([limit], { seconds: 1 });
    const { calls } = counter;
    expect(calls).toBeLessThanOrEqual(51);
    expect(limit.refused).toBe(900);
  });

  it('decides at once by its own count while the counter does not answer', async () => {
    const silent = { count: () => new Promise<never>(() => {}) };
    const limit = new RateLimit({ name: 'buyer', perSecond: () => 10, counter: silent, now });
    const admitted = Array.from({ length: 20 }, () => limit.take('u1'));
    expect(admitted.filter((one) => one)).toHaveLength(10);
  });
});

describe('a limit of one process', () => {
  it.each([1, 2, 5, 100, 1000])('of %d a second admits exactly that many in a window', async (perSecond) => {
    const { limit } = cluster({ perSecond });
    const burst = async () => {
      let admitted = 0;
      for (let n = 0; n < perSecond * 2; n += 1) {
        if (limit.take('u1')) admitted += 1;
        await vi.advanceTimersByTimeAsync(0);
      }
      return admitted;
    };
    expect(await burst()).toBe(perSecond);
    await vi.advanceTimersByTimeAsync(999);
    expect(await burst()).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(await burst()).toBe(perSecond);
  });

  it('reports a key’s standing', async () => {
    const { limit } = cluster({ perSecond: 3 });
    limit.take('u1');
    await vi.advanceTimersByTimeAsync(400);
    expect(limit.standing('u1')).toEqual({ limit: 3, remaining: 2, resetMs: 600 });
    expect(limit.standing('u2')).toEqual({ limit: 3, remaining: 3, resetMs: 1000 });
  });

  it('is off at 0, and follows a changed limit', async () => {
    let perSecond = 0;
    const counter = new MemoryRateCounter({ now });
    const limit = new RateLimit({ name: 'buyer', perSecond: () => perSecond, counter, now });
    const admitted = async () => {
      let count = 0;
      for (let n = 0; n < 10; n += 1) {
        if (limit.take('u1')) count += 1;
        await vi.advanceTimersByTimeAsync(0);
      }
      return count;
    };
    expect([limit.on, await admitted(), counter.calls]).toEqual([false, 10, 0]);
    perSecond = 4;
    expect([limit.on, await admitted()]).toEqual([true, 4]);
    perSecond = 6;
    expect(await admitted()).toBe(2);
    perSecond = 0;
    expect(await admitted()).toBe(10);
  });
});
