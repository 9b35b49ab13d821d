import type { OrderState } from '../../src/domain/order.ts';
import type { NewOrder, OrderStore, StoreResult } from '../../src/ports/order-store.ts';

export interface OrderStoreHarness {
  readonly store: OrderStore;
  /** The same orders as another process sees them. */
  readonly other: OrderStore;
  /** Ends or pays an order behind the store's back; the port has no call for it. */
  setState(orderId: string, state: OrderState): Promise<void>;
  close(): Promise<void>;
}

/** Stores orders, and no position. */
export function put(store: OrderStore, ...orders: readonly NewOrder[]): Promise<StoreResult> {
  return store.store({ group: 'g', positions: [], orders });
}

/** What a call answers that stored all it was given. */
export function stored(n: number): StoreResult {
  return { stored: n, repeated: 0, rejected: [] };
}
