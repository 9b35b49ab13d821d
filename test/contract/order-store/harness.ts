import type { Order } from '../../../src/domain/order.ts';
import type { EndState, NewOrder, OrderStore, StoreResult } from '../../../src/ports/order-store.ts';

export interface OrderStoreHarness {
  readonly store: OrderStore;
  /** The same orders as another process sees them. */
  readonly other: OrderStore;
  close(): Promise<void>;
}

/** Stores orders, and no position. */
export function put(store: OrderStore, ...orders: readonly NewOrder[]): Promise<StoreResult> {
  return store.store({ group: 'g', positions: [], orders });
}

/** When orders of these suites move, unless a test says otherwise. */
export const MOVED_AT = 1_750_000_001_456;

/** Moves orders and returns them. */
export function move(store: OrderStore, to: EndState, ...orders: readonly NewOrder[]): Promise<readonly Order[]> {
  return store.transition(
    to,
    orders.map(({ order }) => order.id),
    MOVED_AT,
  );
}

/** What the sale's ended orders owe to the queue. */
export async function owedOf(store: OrderStore, saleId: string): Promise<readonly string[]> {
  const owed = await store.owedTickets(100_000);
  return owed.filter((one) => one.saleId === saleId).map(({ orderId }) => orderId);
}

/** What a call answers that stored all it was given. */
export function stored(n: number): StoreResult {
  return { stored: n, repeated: 0, rejected: [] };
}
