import { expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

it('counts the payment provider’s messages by their result, each from the start', async () => {
  const metrics = createMetrics({ process: false });
  metrics.paymentEvent('mismatch');
  metrics.paymentEvent('mismatch');
  const lines = (await metrics.expose()).body.split('\n');
  expect(lines).toContain('floodgate_payment_events_total{result="mismatch"} 2');
  expect(lines).toContain('floodgate_payment_events_total{result="unknownOrder"} 0');
  expect(lines).toContain('floodgate_payment_events_total{result="refused"} 0');
  expect(lines).toContain('floodgate_payment_events_total{result="failed"} 0');
});

it('counts the orders that were paid and cancelled', async () => {
  const metrics = createMetrics({ process: false });
  metrics.ordersEnded('paid', 1);
  metrics.ordersEnded('paid', 2);
  const lines = (await metrics.expose()).body.split('\n');
  expect(lines).toContain('floodgate_paid_orders_total 3');
  expect(lines).toContain('floodgate_cancelled_orders_total 0');
});
