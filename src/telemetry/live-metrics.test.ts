import { describe, expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

describe('the metrics of live sockets', () => {
  it('count frames by type from zero, and show the current load', async () => {
    const metrics = createMetrics({ process: false });
    const load = { connections: 3, sales: 2 };
    metrics.sampleLiveLoad(() => load);
    metrics.liveFrame('ping');
    metrics.liveFrame('ping');
    metrics.liveFlood();
    metrics.liveOrders(4);
    metrics.livePublished();
    metrics.liveRefused('address');
    load.connections = 5;
    const { body } = await metrics.expose();
    for (const line of [
      'floodgate_live_frames_total{type="ping"} 2',
      'floodgate_live_frames_total{type="purchase"} 0',
      'floodgate_live_floods_total 1',
      'floodgate_live_orders_total 4',
      'floodgate_live_published_total 1',
      'floodgate_live_refused_total{by="address"} 1',
      'floodgate_live_refused_total{by="process"} 0',
      'floodgate_live_connections 5',
      'floodgate_live_sales 2',
    ]) {
      expect(body.split('\n')).toContain(line);
    }
  });
});
