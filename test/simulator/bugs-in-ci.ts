import { describe, expect, it } from 'vitest';
import { BUGS, type Bug, bugNames } from './bugs.ts';
import { Random } from './core/random.ts';
import { type Scenario, scenarioOf, type TargetedFault } from './scenario.ts';
import { type SimulationResult, simulate } from './simulate.ts';

const MOST_SEEDS = 5000;

/**
 * For rare bugs, the first seed known to catch them, to save CI the search. When a change of the system alters the
 * runs, the search continues from there.
 */
const CAUGHT_AT: Partial<Record<Bug, number>> = {
  publishedOfAnyEpoch: 2052,
  noEpoch: 2052,
  nothingRejected: 4207,
  noFences: 263,
  recoveryWithoutWorkers: 263,
  recoveryWithoutWait: 2752,
  positionBeforeRows: 731,
  lateReplies: 295,
  admissionStaysNarrow: 535,
  replayUnpublished: 390,
  deadlineJudgedLate: 140,
  ackBeforeStore: 1908,
  olderChangeApplies: 6747,
  rebuildRestarted: 661,
  replyBeforeAppend: 132,
  noUniqueTicket: 150,
  publishedBeforeAppend: 90,
  archiveUnsettled: 419,
  jobSteeredLate: 25014,
};

/** For bugs that not one in thousands of seeds meets: the moment that matters, in each run after the queue has lost everything. */
const AMBUSHES: Partial<Record<Bug, TargetedFault>> = {
  // A call that arrives once more while the recovery that made it goes on.
  rebuildRestarted: { call: 'queue.begin', nth: 1, caller: 'spare', doubled: true, forMs: 0, lost: undefined },
};

/** Within the sale, before the last faults. */
const LOSS_AT_MS = 8000;

function ambushed(seed: number, ambush: TargetedFault): Scenario {
  const own = scenarioOf(new Random(seed));
  const faults = own.faults.filter(({ kind }) => kind !== 'tamper');
  return { ...own, faults: [...faults, { kind: 'flush', at: LOSS_AT_MS, forMs: 0 }], targetedFaults: [ambush] };
}

/** The first of 5,000 seeds that violates a guarantee. */
export async function catchBug(bug: Bug): Promise<SimulationResult | undefined> {
  const { [bug]: first = 1 } = CAUGHT_AT;
  const { [bug]: ambush } = AMBUSHES;
  for (let seed = first; seed < first + MOST_SEEDS; seed += 1) {
    const scenario = ambush === undefined ? {} : { scenario: ambushed(seed, ambush) };
    const result = await simulate(seed, { ...scenario, bugs: new Set([bug]) });
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
