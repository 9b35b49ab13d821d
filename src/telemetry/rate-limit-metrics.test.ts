import { expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

it('shows what was refused by each limit, as of the moment it is asked for', async () => {
  const metrics = createMetrics({ process: false });
  const refused = { buyer: 0, address: 3 };
  metrics.sampleRateLimited(() => refused);
  refused.buyer = 7;
  const { body } = await metrics.expose();
  expect(body).toContain('floodgate_rate_limited_total{by="buyer"} 7');
  expect(body).toContain('floodgate_rate_limited_total{by="address"} 3');
});
