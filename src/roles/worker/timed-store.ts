import type { OrderStore, StoreBatch } from '../../ports/order-store.ts';
import type { Ports } from '../ports.ts';
import type { Runtime } from '../runtime.ts';

/** Far longer than a batch takes, and shorter than a store's own limits, after which the call fails and is logged anyway. */
export const SLOW_STORE_MS = 10_000;

export interface StoreObserver {
  /** Duration of one transaction of the order store, whether it succeeded or not. */
  readonly storeCall: (tookMs: number) => void;
  /** A transaction has taken `forMs` and has neither succeeded nor failed yet. */
  readonly storeSlow: (batch: StoreBatch, forMs: number) => void;
}

/** The order store, with each call on the hot path timed. */
export function timedStore(
  { store, clock }: Pick<Ports, 'clock'> & { readonly store: Pick<OrderStore, 'store'> },
  timers: Pick<Runtime['timers'], 'after'>,
  { storeCall, storeSlow }: StoreObserver,
): Pick<OrderStore, 'store'> {
  return {
    store: async (batch) => {
      const from = clock.monotonic();
      const cancel = timers.after(SLOW_STORE_MS, () => storeSlow(batch, SLOW_STORE_MS));
      try {
        return await store.store(batch);
      } finally {
        cancel();
        storeCall(clock.monotonic() - from);
      }
    },
  };
}
