import type { LiveState, TimelinePoint } from '../../ports/live-state.ts';
import type { Engine } from './engine-types.ts';

/** Seconds of a page: about two milliseconds, in which the engine runs no other call. */
const PAGE = 4000;

/** Live state on the embedded database. Errors: what the engine's calls reject with. */
export function createEmbeddedLiveState(engine: Engine): LiveState {
  const timelinePages = async function* (saleId: string): AsyncGenerator<readonly TimelinePoint[]> {
    for (let after = -1; ; ) {
      const page = await engine.call('live.timelinePage', { saleId, after, max: PAGE });
      yield page;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      after = last.second;
    }
  };

  return {
    apply: async (partition, deltas) => {
      await engine.call('live.apply', { partition, deltas });
    },
    rebuild: (tally) => engine.call('live.rebuild', tally),
    sale: (saleId) => engine.call('live.sale', saleId),
    timelinePages,
    ping: async () => {
      await engine.call('ping', null);
    },
  };
}
