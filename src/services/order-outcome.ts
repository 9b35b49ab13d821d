import type { Order } from '../domain/order.ts';

/** The result of a request to pay or cancel an order. */
export type OrderOutcome =
  /** The order is as requested, by this call or an earlier one. */
  | { readonly kind: 'ok'; readonly order: Order }
  /** The order has ended otherwise; its state says how. */
  | { readonly kind: 'refused'; readonly order: Order }
  /** No such order, or none that the viewer may see. */
  | { readonly kind: 'unknown' };
