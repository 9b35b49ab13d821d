import { describe, expect, it } from 'vitest';
import { simulate } from './simulate.ts';

const SEEDS = Array.from({ length: 25 }, (_, n) => 7919 * n + 1);

describe('a seed', () => {
  it('gives the same run each time, whoever reads its trace', async () => {
    for (const seed of SEEDS) {
      const first = await simulate(seed);
      const again = await simulate(seed, { keepLines: true });

      expect(again).toEqual({ ...first, lines: again.lines });
      expect(again.lines.length).toBeGreaterThan(0);
    }
  });

  it('gives the same run beside another one', async () => {
    const alone = await simulate(11);
    const [beside] = await Promise.all([simulate(11), simulate(12)]);

    expect(beside).toEqual(alone);
  });

  it('gives another run than its neighbour', async () => {
    const hashes = new Set<string>();
    for (let seed = 1; seed <= 50; seed += 1) hashes.add((await simulate(seed)).traceHash);

    expect(hashes.size).toBe(50);
  });

  it('gives another run once a single choice in it is another', async () => {
    const { scenario, traceHash } = await simulate(5);
    const { traceHash: other } = await simulate(5, { scenario: { ...scenario, buyers: scenario.buyers + 1 } });

    expect(other).not.toBe(traceHash);
  });
});
