import { withSqlFaults } from '../sql/faults.ts';
import type { OrderTransitions } from '../sql/order-transition-reads.ts';
import { assertStorableCapture, assertStorableRefund } from '../sql/storable.ts';
import type { Engine } from './engine.ts';

/** Transitions of stored orders, and what follows from them. */
export function createOrderTransitions(engine: Engine): OrderTransitions {
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

    holdForPayment: (orderId, until) =>
      withSqlFaults(
        'holding an order for its payment',
        async () => (await engine.call('orders.holdForPayment', { orderId, until })) ?? undefined,
      ),

    endHold: (orderId) =>
      withSqlFaults('ending the hold of an order', async () => {
        await engine.call('orders.endHold', orderId);
      }),

    rebooked: (paymentId, orderId, at) =>
      withSqlFaults('recording a rebooking', () => engine.call('orders.rebooked', { paymentId, orderId, at })),

    notRebooked: (paymentId) =>
      withSqlFaults('recording a rebooking', async () => {
        await engine.call('orders.notRebooked', paymentId);
      }),

    refund: (request) =>
      withSqlFaults('recording a refund', async () => {
        assertStorableRefund(request);
        return engine.call('orders.refund', request);
      }),

    refunded: ({ id, kind }, at) =>
      withSqlFaults('recording a refund', async () => {
        await engine.call('orders.refunded', { id, kind, at });
      }),
  };
}
