import { fork } from 'node:child_process';
import { once } from 'node:events';
import { SALE_WATCH } from '../../support/programs.ts';
import type { Moment, WatchOrder } from '../../support/sale-watch.ts';

/** What a sale looked like while `work` ran, from the last moment before anybody bought on. */
export async function watched<Result>(
  order: WatchOrder,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly moments: readonly Moment[] }> {
  const watcher = fork(SALE_WATCH);
  try {
    watcher.send(order);
    await once(watcher, 'message');
    const result = await work();
    watcher.send('end');
    const [moments] = (await once(watcher, 'message')) as [readonly Moment[]];
    return { result, moments: sinceTheFirst(moments) };
  } finally {
    watcher.disconnect();
  }
}

export function sinceTheFirst(moments: readonly Moment[]): readonly Moment[] {
  const begin = Math.max(
    0,
    moments.findLastIndex(({ sold }) => sold === 0),
  );
  const fromMs = moments[begin]?.ms ?? 0;
  return moments.slice(begin).map((moment) => ({ ...moment, ms: moment.ms - fromMs }));
}
