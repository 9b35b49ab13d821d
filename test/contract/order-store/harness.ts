import type { Order } from '../../../src/domain/order.ts';
import type { EndState, NewOrder, OrderStore, OwedTickets, StoreResult } from '../../../src/ports/order-store.ts';

export interface OrderStoreHarness {
  readonly store: OrderStore;
  /** The same store as another process has it. */
  readonly other: OrderStore;
  close(): Promise<void>;
}

/** Stores orders without a position. */
export function put(store: OrderStore, ...orders: readonly NewOrder[]): Promise<StoreResult> {
  return store.store({ group: 'g', positions: [], orders });
}

/** The time of transitions in these suites, unless a test sets another one. */
export const MOVED_AT = 1_750_000_001_456;

/** Moves orders; returns those that moved. */
export function move(store: OrderStore, to: EndState, ...orders: readonly NewOrder[]): Promise<readonly Order[]> {
  return store.transition(
    to,
    orders.map(({ order }) => order.id),
    MOVED_AT,
  );
}

/** The sale's orders whose tickets the queue has to take back. */
export async function ticketsOwed(store: OrderStore, saleId: string): Promise<readonly OwedTickets[]> {
  return (await store.owedTickets(100_000)).filter((one) => one.saleId === saleId);
}

/** The sale's orders whose reservations the queue has to end. */
export async function owedOf(store: OrderStore, saleId: string): Promise<readonly string[]> {
  return (await ticketsOwed(store, saleId)).map(({ orderId }) => orderId);
}

/** The result of a call that stored all of its orders. */
export function stored(n: number): StoreResult {
  return { stored: n, repeated: 0, rejected: [] };
}
