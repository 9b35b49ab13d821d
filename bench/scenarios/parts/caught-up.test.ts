import { describe, expect, it } from 'vitest';
import { caughtUp } from './caught-up.ts';

/** Resolves with the numbers in turn, and repeats the last one. */
function counting(...numbers: number[]) {
  let calls = 0;
  return async () => {
    calls += 1;
    return numbers[Math.min(calls, numbers.length) - 1] ?? 0;
  };
}

const QUICKLY = { pollMs: 1, stalledMs: 20 };

describe('caughtUp', () => {
  it('waits for the last of the counts', async () => {
    let lastAt = 0;
    const live = counting(1, 2, 3, 10);
    const shown = async () => {
      const count = await live();
      lastAt = performance.now();
      return count;
    };
    const at = await caughtUp({ stored: counting(10), shown }, 10, QUICKLY);
    expect(at).toBeGreaterThanOrEqual(lastAt);
    expect(await live()).toBe(10);
  });

  it('accepts more than expected: purchases without an answer', async () => {
    await expect(caughtUp({ stored: counting(12) }, 10, QUICKLY)).resolves.toBeGreaterThan(0);
  });

  it('fails with the name of a count that has stopped', async () => {
    const counts = { stored: counting(10), shown: counting(1, 4) };
    await expect(caughtUp(counts, 10, QUICKLY)).rejects.toThrow('shown: 4 of 10, and no more for 20 ms');
  });
});
