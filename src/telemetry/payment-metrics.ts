import { Counter, type Registry } from 'prom-client';

/** How a message of the payment provider was handled. */
const RESULTS = [
  'paid',
  'rebookingDue',
  'refundDue',
  'mismatch',
  'unknownOrder',
  'foreign',
  'paymentFailed',
  'ignored',
  'refused',
  'failed',
] as const;

export interface PaymentMetrics {
  readonly paymentEvent: (result: (typeof RESULTS)[number]) => void;
  readonly ordersEnded: (as: 'paid' | 'cancelled', orders: number) => void;
}

export function createPaymentMetrics(register: Registry): PaymentMetrics {
  const events = new Counter({
    name: 'floodgate_payment_events_total',
    help:
      'Messages of the payment provider: paid, rebookingDue (late), refundDue (for a cancelled order, or second), mismatch (of ' +
      'another amount or currency than the order), unknownOrder (refused, to be repeated), foreign (no order id), ' +
      'paymentFailed, ignored (of another kind), refused (not authentic) or failed (a dependency did, to be repeated).',
    labelNames: ['result'],
    registers: [register],
  });
  // A counter that first appears with a mismatch has no rate until the second.
  for (const result of RESULTS) events.inc({ result }, 0);
  const ended = {
    paid: new Counter({ name: 'floodgate_paid_orders_total', help: 'Orders that were paid.', registers: [register] }),
    cancelled: new Counter({
      name: 'floodgate_cancelled_orders_total',
      help: 'Orders that were cancelled.',
      registers: [register],
    }),
  };
  return {
    paymentEvent: (result) => events.inc({ result }),
    ordersEnded: (as, orders) => ended[as].inc(orders),
  };
}
