import type { Bugs } from './bugs.ts';
import { CALM } from './core/network.ts';
import type { Scenario } from './scenario.ts';
import { type SimulationResult, simulate } from './simulate.ts';

/** Shrinks a failing seed's scenario as long as it still fails; each step is another run of the seed. */
export async function shrink(failed: SimulationResult, bugs: Bugs): Promise<SimulationResult> {
  let smallest = failed;
  const attempt = async (change: (scenario: Scenario) => Scenario): Promise<boolean> => {
    const scenario = change(smallest.scenario);
    const result = await simulate(failed.seed, { bugs, scenario });
    if (result.violations.length === 0) return false;
    smallest = result;
    return true;
  };
  await attempt((scenario) => ({ ...scenario, conditions: CALM }));
  await attempt((scenario) => ({ ...scenario, lostEvents: 0, skewMs: 0 }));
  for (let n = smallest.scenario.faults.length - 1; n >= 0; n -= 1) {
    await attempt((scenario) => ({ ...scenario, faults: scenario.faults.filter((_, place) => place !== n) }));
  }
  for (let n = smallest.scenario.targetedFaults.length - 1; n >= 0; n -= 1) {
    await attempt((scenario) => ({
      ...scenario,
      targetedFaults: scenario.targetedFaults.filter((_, place) => place !== n),
    }));
  }
  while (smallest.scenario.buyers > 1 && (await attempt((scenario) => ({ ...scenario, buyers: scenario.buyers - 1 }))));
  if (smallest.scenario.sales.length > 1) {
    await attempt((scenario) => ({ ...scenario, sales: scenario.sales.slice(0, 1) }));
  }
  return smallest;
}
