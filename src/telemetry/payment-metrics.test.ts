import { expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

it('counts the payment provider’s messages by their result, each from the start', async () => {
  const metrics = createMetrics({ process: false });
  metrics.paymentEvent('mismatch');
  metrics.paymentEvent('mismatch');
  const lines = (await metrics.expose()).body.split('\n');
  expect(lines).toContain('floodgate_payment_events_total{result="mismatch"} 2');
  expect(lines).toContain('floodgate_payment_events_total{result="unknownOrder"} 0');
});
