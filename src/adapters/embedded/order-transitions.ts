import type { OrderStore } from '../../ports/order-store.ts';
import { withSqlFaults } from '../sql/faults.ts';
import { assertStorableCapture } from '../sql/storable.ts';
import type { Engine } from './engine.ts';

/** Transitions of stored orders, and what follows from them. */
export function createOrderTransitions(
  engine: Engine,
): Pick<OrderStore, 'transition' | 'returned' | 'capture' | 'refunded'> {
  return {
    transition: (to, orderIds, at) =>
      withSqlFaults('moving orders', async () =>
        // No buyer waits for an expiry, and there may be very many.
        engine.call(to === 'expired' ? 'orders.expire' : 'orders.transition', {
          to,
          ids: JSON.stringify(orderIds),
          at,
        }),
      ),

    returned: (orderIds) =>
      withSqlFaults('recording returned tickets', async () => {
        await engine.call('orders.returned', JSON.stringify(orderIds));
      }),

    capture: (capture) =>
      withSqlFaults('recording a capture', async () => {
        assertStorableCapture(capture);
        return engine.call('orders.capture', capture);
      }),

    refunded: (paymentId, at) =>
      withSqlFaults('recording a refund', async () => {
        await engine.call('orders.refunded', { paymentId, at });
      }),
  };
}
