import { describe, expect, it } from 'vitest';
import { BUGS, type Bug, bugNames } from './bugs.ts';
import { type SimulationResult, simulate } from './simulate.ts';

const MOST_SEEDS = 5000;

/**
 * For rare bugs, the first seed known to catch them, to save CI the search. When a change of the system alters the
 * runs, the search continues from there.
 */
const CAUGHT_AT: Partial<Record<Bug, number>> = {
  publishedOfAnyEpoch: 196,
  noEpoch: 1561,
  rebuildRestarted: 13_928,
  nothingRejected: 652,
  noFences: 263,
  recoveryWithoutWorkers: 263,
  recoveryWithoutWait: 928,
  positionBeforeRows: 384,
  lateReplies: 295,
  admissionStaysNarrow: 535,
  replayUnpublished: 154,
  deadlineJudgedLate: 140,
  ackBeforeStore: 112,
};

/** The first of 5,000 seeds that violates a guarantee. */
export async function catchBug(bug: Bug): Promise<SimulationResult | undefined> {
  const { [bug]: first = 1 } = CAUGHT_AT;
  for (let seed = first; seed < first + MOST_SEEDS; seed += 1) {
    const result = await simulate(seed, { bugs: new Set([bug]) });
    if (result.violations.length > 0) return result;
  }
  return undefined;
}

/** Plants every second bug, from the first or the second one on; one file per core. */
export function plantedBugs(half: 0 | 1): void {
  describe('the checks of the simulator', () => {
    const bugs = bugNames().filter((_, n) => n % 2 === half);

    it.each(bugs.map((bug) => [BUGS[bug], bug] as const))('detect that %s (%s)', async (_, bug) => {
      expect((await catchBug(bug))?.violations ?? []).not.toEqual([]);
    });
  });
}
