import type { LiveState } from '../../ports/live-state.ts';
import type { Engine } from './engine-types.ts';

/** Live state on the embedded database. Errors: what the engine's calls reject with. */
export function createEmbeddedLiveState(engine: Engine): LiveState {
  return {
    apply: async (partition, deltas) => {
      await engine.call('live.apply', { partition, deltas });
    },
    rebuild: (tally) => engine.call('live.rebuild', tally),
    sale: (saleId) => engine.call('live.sale', saleId),
    timeline: (saleId) => engine.call('live.timeline', saleId),
    ping: async () => {
      await engine.call('ping', null);
    },
  };
}
