import { describe, expect, it, vi } from 'vitest';
import type { PurchaseOutcome } from '../domain/purchase.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { LAG_TIMEOUT_MS } from './settlement-metrics.ts';

/** Samples by name and labels, as Prometheus would read them. */
async function scrape(metrics: Metrics): Promise<Map<string, number>> {
  const { body } = await metrics.expose();
  const samples = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

const withoutProcess = () => createMetrics({ process: false });

const outcomes = (...kinds: PurchaseOutcome['kind'][]) => kinds.map((kind) => ({ kind }));

describe('purchase metrics', () => {
  it('count accepted purchases by outcome and refused ones by problem code', async () => {
    const metrics = withoutProcess();
    const kinds = ['reserved', 'reserved', 'replayed', 'soldOut', 'limitReached', 'unknownSale'] as const;
    metrics.purchaseBatch({ requests: kinds.map(() => ({ receivedAt: 0 })), outcomes: outcomes(...kinds) }, 1);
    const samples = await scrape(metrics);
    expect(samples.get('floodgate_purchases_accepted_total{outcome="reserved"}')).toBe(2);
    expect(samples.get('floodgate_purchases_accepted_total{outcome="replayed"}')).toBe(1);
    expect(samples.get('floodgate_purchases_refused_total{code="sold_out"}')).toBe(1);
    expect(samples.get('floodgate_purchases_refused_total{code="limit_reached"}')).toBe(1);
    expect(samples.get('floodgate_purchases_refused_total{code="not_found"}')).toBe(1);
  });

  it('show every code from the start, so that rates can be computed', async () => {
    const samples = await scrape(withoutProcess());
    const codes = [...samples.keys()].filter((name) => name.startsWith('floodgate_purchases_refused_total'));
    expect(codes).toHaveLength(17);
    expect(codes.every((name) => samples.get(name) === 0)).toBe(true);
  });

  it('measure each purchase of a batch in seconds, and the batch by its size', async () => {
    const metrics = withoutProcess();
    const requests = [{ receivedAt: 1000 }, { receivedAt: 996 }, { receivedAt: 500 }];
    metrics.purchaseBatch({ requests, outcomes: outcomes('reserved', 'reserved', 'reserved') }, 1000.25);
    const samples = await scrape(metrics);
    expect(samples.get('floodgate_purchase_seconds_bucket{le="0.0005"}')).toBe(1);
    expect(samples.get('floodgate_purchase_seconds_bucket{le="0.005"}')).toBe(2);
    expect(samples.get('floodgate_purchase_seconds_bucket{le="0.5"}')).toBe(2);
    expect(samples.get('floodgate_purchase_seconds_bucket{le="1"}')).toBe(3);
    expect(samples.get('floodgate_purchase_seconds_sum')).toBeCloseTo(0.50475);
    expect(samples.get('floodgate_purchase_batch_size_bucket{le="2"}')).toBe(0);
    expect(samples.get('floodgate_purchase_batch_size_bucket{le="4"}')).toBe(1);
  });

  it('show what waits, what is in flight and how many tickets of a sale remain', async () => {
    const metrics = withoutProcess();
    metrics.showPurchaseLoad({ waiting: 7, underWay: 1, concurrency: 3, capacity: 70 });
    metrics.saleRemaining('s1', 10);
    metrics.saleRemaining('s1', 9);
    const samples = await scrape(metrics);
    expect(samples.get('floodgate_purchases_waiting')).toBe(7);
    expect(samples.get('floodgate_purchase_batches_in_flight')).toBe(1);
    expect(samples.get('floodgate_admission_concurrency')).toBe(3);
    expect(samples.get('floodgate_admission_capacity')).toBe(70);
    expect(samples.get('floodgate_sale_remaining{sale="s1"}')).toBe(9);
  });

  it('drop a sale that is over', async () => {
    const metrics = withoutProcess();
    metrics.saleRemaining('s1', 10);
    metrics.saleRemaining('s2', 20);
    metrics.saleOver('s1');
    const samples = await scrape(metrics);
    expect(samples.has('floodgate_sale_remaining{sale="s1"}')).toBe(false);
    expect(samples.get('floodgate_sale_remaining{sale="s2"}')).toBe(20);
  });
});

describe('settlement metrics', () => {
  it('count orders by the store’s result, and dead letters', async () => {
    const metrics = withoutProcess();
    metrics.settlementBatch({ stored: 5, repeated: 2, rejected: [{ reason: 'ticket' }], deadLettered: 1 });
    metrics.settlementBatch({ stored: 1, repeated: 0, rejected: [], deadLettered: 0 });
    const samples = await scrape(metrics);
    expect(samples.get('floodgate_settlement_orders_total{result="stored"}')).toBe(6);
    expect(samples.get('floodgate_settlement_orders_total{result="repeated"}')).toBe(2);
    expect(samples.get('floodgate_settlement_rejected_total{reason="ticket"}')).toBe(1);
    expect(samples.get('floodgate_settlement_rejected_total{reason="fence"}')).toBe(0);
    expect(samples.get('floodgate_settlement_orders_total{result="rejected"}')).toBe(1);
    expect(samples.get('floodgate_settlement_dead_letters_total')).toBe(1);
    expect(samples.get('floodgate_settlement_batch_size_sum')).toBe(9);
  });

  it('measure the store in seconds and count reservations of the live view and the relay', async () => {
    const metrics = withoutProcess();
    metrics.storeCall(250);
    metrics.liveViewApplied(3);
    metrics.relayed(2);
    const samples = await scrape(metrics);
    expect(samples.get('floodgate_settlement_store_seconds_sum')).toBe(0.25);
    expect(samples.get('floodgate_live_view_reservations_total')).toBe(3);
    expect(samples.get('floodgate_relayed_reservations_total')).toBe(2);
  });

  it('read the lag of each group on every scrape', async () => {
    const metrics = withoutProcess();
    let lag = 3;
    metrics.sampleConsumerLag('settlement', async () => lag);
    metrics.sampleConsumerLag('live-view', async () => 0);
    expect((await scrape(metrics)).get('floodgate_consumer_lag{group="settlement"}')).toBe(3);
    lag = 8;
    const samples = await scrape(metrics);
    expect(samples.get('floodgate_consumer_lag{group="settlement"}')).toBe(8);
    expect(samples.get('floodgate_consumer_lag{group="live-view"}')).toBe(0);
  });

  it('leave out the lag of an unavailable log, rather than show an old one', async () => {
    const metrics = withoutProcess();
    const read = vi.fn<() => Promise<number>>().mockResolvedValueOnce(4).mockRejectedValue(new Error('unreachable'));
    metrics.sampleConsumerLag('settlement', read);
    expect((await scrape(metrics)).has('floodgate_consumer_lag{group="settlement"}')).toBe(true);
    expect((await scrape(metrics)).has('floodgate_consumer_lag{group="settlement"}')).toBe(false);
  });

  it('leave out a lag that is not read in time', async () => {
    vi.useFakeTimers();
    try {
      const metrics = withoutProcess();
      metrics.sampleConsumerLag('settlement', () => new Promise(() => {}));
      const scraped = scrape(metrics);
      await vi.advanceTimersByTimeAsync(LAG_TIMEOUT_MS);
      expect((await scraped).has('floodgate_consumer_lag{group="settlement"}')).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('http metrics', () => {
  it('count answers by method, route pattern and status', async () => {
    const metrics = withoutProcess();
    const answered = metrics.httpRoute('POST', '/v1/sales/:saleId/purchases');
    answered(201);
    answered(201);
    answered(409);
    const samples = await scrape(metrics);
    const name = 'floodgate_http_requests_total{method="POST",route="/v1/sales/:saleId/purchases",status=';
    expect(samples.get(`${name}"201"}`)).toBe(2);
    expect(samples.get(`${name}"409"}`)).toBe(1);
  });
});

describe('createMetrics', () => {
  it('keeps the metrics of two instances apart, even in one process', async () => {
    const [first, second] = [withoutProcess(), withoutProcess()];
    first.relayed(5);
    expect((await scrape(second)).get('floodgate_relayed_reservations_total')).toBe(0);
  });

  it('includes memory and event-loop delay of the process', async () => {
    const samples = await scrape(createMetrics());
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(0);
    expect(samples.has('nodejs_eventloop_lag_p99_seconds')).toBe(true);
  });

  it('names the text format in the content type', async () => {
    expect((await withoutProcess().expose()).contentType).toMatch(/^text\/plain; version=0\.0\.4/);
  });
});
