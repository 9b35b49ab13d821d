import { isFault } from '../../../src/domain/errors.ts';
import type { OrderStore, StoreBatch, StoreResult } from '../../../src/ports/order-store.ts';

/** As settlement does: repeats a batch that the store could not store for now. */
export async function untilStored(store: OrderStore, batch: StoreBatch): Promise<StoreResult> {
  for (;;) {
    try {
      return await store.store(batch);
    } catch (error) {
      if (!isFault(error) || !error.retryable) throw error;
    }
  }
}
