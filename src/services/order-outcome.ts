import type { Order } from '../domain/order.ts';

/** What came of a wish to pay or cancel an order. */
export type OrderOutcome =
  /** The order as it was wished, by this call or an earlier one. */
  | { readonly kind: 'ok'; readonly order: Order }
  /** It has gone another way; the order says which. */
  | { readonly kind: 'refused'; readonly order: Order }
  /** No such order, or none that the viewer may see. */
  | { readonly kind: 'unknown' };
