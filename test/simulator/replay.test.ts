import { describe, expect, it } from 'vitest';
import { simulate } from './simulate.ts';

const SEEDS = Array.from({ length: 25 }, (_, n) => 7919 * n + 1);

describe('a seed', () => {
  it('gives the same run each time, with and without trace lines', async () => {
    for (const seed of SEEDS) {
      const first = await simulate(seed);
      const again = await simulate(seed, { keepLines: true });

      expect(again).toEqual({ ...first, lines: again.lines });
      expect(again.lines.length).toBeGreaterThan(0);
    }
  });

  it('gives the same run concurrently with another one', async () => {
    const alone = await simulate(11);
    const [concurrent] = await Promise.all([simulate(11), simulate(12)]);

    expect(concurrent).toEqual(alone);
  });

  it('gives a different run than the next seed', async () => {
    const hashes = new Set<string>();
    for (let seed = 1; seed <= 50; seed += 1) hashes.add((await simulate(seed)).traceHash);

    expect(hashes.size).toBe(50);
  });

  it('gives a different run when a single choice changes', async () => {
    const { scenario, traceHash } = await simulate(5);
    const { traceHash: other } = await simulate(5, { scenario: { ...scenario, buyers: scenario.buyers + 1 } });

    expect(other).not.toBe(traceHash);
  });
});
