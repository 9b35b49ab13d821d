import type { OrderStore } from '../../ports/order-store.ts';
import { guarded } from '../sql/faults.ts';
import { assertStorableCapture } from '../sql/storable.ts';
import type { Engine } from './engine.ts';

/** What changes orders after they were stored. */
export function createOrderLife(engine: Engine): Pick<OrderStore, 'transition' | 'returned' | 'capture' | 'refunded'> {
  return {
    transition: (to, orderIds, at) =>
      guarded('moving orders', async () =>
        // Nobody waits for an order to expire, and there may be very many.
        engine.call(to === 'expired' ? 'orders.expire' : 'orders.transition', {
          to,
          ids: JSON.stringify(orderIds),
          at,
        }),
      ),

    returned: (orderIds) =>
      guarded('noting returned tickets', async () => {
        await engine.call('orders.returned', JSON.stringify(orderIds));
      }),

    capture: (capture) =>
      guarded('recording a capture', async () => {
        assertStorableCapture(capture);
        return engine.call('orders.capture', capture);
      }),

    refunded: (paymentId, at) =>
      guarded('noting a refund', async () => {
        await engine.call('orders.refunded', { paymentId, at });
      }),
  };
}
