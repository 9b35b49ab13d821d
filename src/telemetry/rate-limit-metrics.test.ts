import { expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

it('shows the refusals of each limit, as of the scrape', async () => {
  const metrics = createMetrics({ process: false });
  const refused = { buyer: 0, address: 3 };
  metrics.sampleRateLimited(() => refused);
  refused.buyer = 7;
  const { body } = await metrics.expose();
  expect(body).toContain('floodgate_rate_limited_total{by="buyer"} 7');
  expect(body).toContain('floodgate_rate_limited_total{by="address"} 3');
});
