import type { OrderStore } from '../ports/order-store.ts';

/** Receives how many orders this process has paid or cancelled. */
export type OnOrdersEnded = (as: 'paid' | 'cancelled', orders: number) => void;

type Counted = Pick<OrderStore, 'transition' | 'capture'>;

/** The store's calls that pay and cancel orders, counted; each order once, however often a payment is reported. */
export function countedOrders({ transition, capture }: Counted, onEnded: OnOrdersEnded): Counted {
  return {
    transition: async (to, orderIds, at) => {
      const moved = await transition(to, orderIds, at);
      if (to !== 'expired' && moved.length > 0) onEnded(to, moved.length);
      return moved;
    },
    capture: async (payment) => {
      const result = await capture(payment);
      // An earlier capture has paid it at its own time.
      if (result.kind === 'paid' && result.order.paidAt === payment.at) onEnded('paid', 1);
      return result;
    },
  };
}
