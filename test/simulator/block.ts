import { parentPort, workerData } from 'node:worker_threads';
import { type Bug, bugNames } from './bugs.ts';
import { explain } from './explain.ts';
import { simulate } from './simulate.ts';

/** A thread of run.mjs: runs blocks of seeds until it receives none. */
interface Block {
  readonly from: number;
  readonly count: number;
}

const { bugs: names } = workerData as { readonly bugs: readonly string[] };
const unknown = names.filter((name) => !bugNames().some((bug) => bug === name));
if (unknown.length > 0) throw new RangeError(`no such bug: ${unknown.join(', ')}; there are ${bugNames().join(', ')}`);
const bugs = new Set(names as Bug[]);

async function runBlock({ from, count }: Block): Promise<void> {
  const done = { seeds: 0, events: 0, calls: 0, bought: 0, failures: [] as string[] };
  for (let seed = from; seed < from + count; seed += 1) {
    const result = await simulate(seed, { bugs });
    done.seeds += 1;
    done.events += result.events;
    done.calls += result.calls;
    done.bought += result.bought;
    if (result.violations.length === 0) continue;
    done.failures.push(await explain(result, bugs));
    break;
  }
  parentPort?.postMessage(done);
}

parentPort?.on('message', (block: Block | undefined) => {
  if (block === undefined) parentPort?.close();
  else void runBlock(block);
});
