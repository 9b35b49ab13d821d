import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void;

/**
 * Megabytes that the garbage collector promotes to the old generation during `turns` turns of `work`: objects that survive
 * two minor collections, and those that a dead object of the old generation refers to. `setUp` runs before a full
 * collection, so that what it allocates is in the old generation from the start.
 */
export function promotedMb(setUp: () => () => void, turns: number): number {
  const work = setUp();
  collect();
  const before = oldGenerationMb();
  for (let turn = 0; turn < turns; turn += 1) {
    work();
    collect({ type: 'minor' });
  }
  return oldGenerationMb() - before;
}

function oldGenerationMb(): number {
  return (getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')?.space_used_size ?? 0) / 1e6;
}
