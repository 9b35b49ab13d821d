import { describe, expect, it } from 'vitest';
import { NO_BUGS } from './bugs.ts';
import { explain } from './explain.ts';
import { simulate } from './simulate.ts';

/** Seeds per test: a few seconds, and a failure shows roughly where. */
const BLOCK = 100;

/** Runs these seeds, both ends included; one file per core. */
export function simulatorSeeds(first: number, last: number): void {
  describe('the simulated system', () => {
    const blocks = Array.from({ length: Math.ceil((last - first + 1) / BLOCK) }, (_, n) => first + n * BLOCK);

    it.each(blocks)('keeps every promise from seed %i on', async (from) => {
      for (let seed = from; seed < Math.min(from + BLOCK, last + 1); seed += 1) {
        const result = await simulate(seed);
        if (result.violations.length > 0) expect.fail(await explain(result, NO_BUGS));
      }
    });
  });
}
