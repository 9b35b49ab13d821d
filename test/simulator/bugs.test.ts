import { describe, expect, it } from 'vitest';
import { BUGS, type Bug, bugNames } from './bugs.ts';
import { explain } from './explain.ts';
import { type SimulationResult, simulate } from './simulate.ts';

const MOST_SEEDS = 5000;

/**
 * Where a rare bug was caught last, to save CI the way there: the first of its seeds when this was written. As the system
 * changes so do the runs, and then the search goes on from there.
 */
const CAUGHT_AT: Partial<Record<Bug, number>> = {
  publishedOfAnyEpoch: 7466,
  noEpoch: 891,
  rebuildBegunAgain: 8603,
  nothingRejected: 652,
  noFences: 263,
  recoveryWithoutWorkers: 263,
  positionBeforeRows: 329,
  lateReplies: 272,
};

/** A seed that breaks a promise, of the next 5,000. */
async function catchBug(bug: Bug): Promise<SimulationResult | undefined> {
  const { [bug]: first = 1 } = CAUGHT_AT;
  for (let seed = first; seed < first + MOST_SEEDS; seed += 1) {
    const result = await simulate(seed, { bugs: new Set([bug]) });
    if (result.violations.length > 0) return result;
  }
  return undefined;
}

describe('the checks of the simulator', () => {
  it.each(bugNames().map((bug) => [BUGS[bug], bug] as const))('find it when %s (%s)', async (_, bug) => {
    expect((await catchBug(bug))?.violations ?? []).not.toEqual([]);
  });

  it('tell of a failing seed what broke, what led to it and how to see it again', async () => {
    const bugs = new Set<Bug>(['releaseTwice']);
    const failed = await catchBug('releaseTwice');
    const told = failed === undefined ? '' : await explain(failed, bugs);

    expect(told).toContain(`seed ${failed?.seed}, trace ${failed?.traceHash}`);
    expect(told).toContain(failed?.violations[0]);
    expect(told).toContain(`--from ${failed?.seed} --seeds 1 --bug releaseTwice`);
  });
});
