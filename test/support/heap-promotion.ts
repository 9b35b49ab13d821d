import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void;

/**
 * Megabytes that turns of `work` moved into the old generation, dead or alive: what still lives when the young are
 * collected for the second time, and what something dead and old refers to. `setUp` runs before all is collected, so that
 * what it makes is old from the start.
 */
export function promotedMb(setUp: () => () => void, turns: number): number {
  const work = setUp();
  collect();
  const before = oldMb();
  for (let turn = 0; turn < turns; turn += 1) {
    work();
    collect({ type: 'minor' });
  }
  return oldMb() - before;
}

function oldMb(): number {
  return (getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')?.space_used_size ?? 0) / 1e6;
}
