import type { Observable } from 'rxjs';
import type { Order } from '../domain/order.ts';
import type { Stock } from '../domain/stock.ts';

/** What happened, for those who look on. */
export type BusEvent =
  | { readonly type: 'stock'; readonly saleId: string; readonly stock: Stock }
  /** The sale's settings or status changed: read it again. */
  | { readonly type: 'sale'; readonly saleId: string }
  /** Orders as they are now, after a change. */
  | { readonly type: 'orders'; readonly orders: readonly Order[] }
  /** The settings of all processes changed; see settings-store.ts. */
  | { readonly type: 'settings'; readonly version: number };

/**
 * News between processes, to all of them, the teller's own included. At most once and without a promise: what must be
 * right is read from where it is kept.
 */
export interface EventBus {
  /** Never throws and never waits; events is dropped while the way is cut. */
  publish(item: BusEvent): void;

  /** Hot. Never errors. */
  readonly events$: Observable<BusEvent>;
}
