import type { Observable } from 'rxjs';
import type { Order } from '../domain/order.ts';
import type { Stock } from '../domain/stock.ts';

/** A change that other processes, and clients, may want to know of. */
export type BusEvent =
  | { readonly type: 'stock'; readonly saleId: string; readonly stock: Stock }
  /** The sale's settings or status changed: read it from the catalogue. */
  | { readonly type: 'sale'; readonly saleId: string }
  /** The new states of orders that changed. */
  | { readonly type: 'orders'; readonly orders: readonly Order[] }
  /** Tokens were revoked; see token-revocations.ts. */
  | { readonly type: 'tokens' }
  /** The live settings changed; see settings-store.ts. */
  | { readonly type: 'settings'; readonly version: number };

/**
 * Broadcasts events to all processes, the publisher included. Delivery is at most once: a process that must not miss
 * a change reads it from its store.
 */
export interface EventBus {
  /** Never throws and never blocks; the event is dropped while the connection is down. */
  publish(event: BusEvent): void;

  /** Hot. Never errors. */
  readonly events$: Observable<BusEvent>;
}
