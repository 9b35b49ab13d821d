import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backlogDrained, otherRefusals, readPurchaseCounts } from './metrics.ts';

const METRICS = `# TYPE floodgate_purchases_accepted_total counter
floodgate_purchases_accepted_total{outcome="reserved"} 12
floodgate_purchases_accepted_total{outcome="replayed"} 3
floodgate_purchases_refused_total{code="sold_out"} 40
floodgate_purchases_refused_total{code="overloaded"} 2
floodgate_sale_remaining{sale="ab"} 9
floodgate_sale_remaining{sale="a"} 7
`;

describe('readPurchaseCounts', () => {
  it('adds up accepted and refused purchases separately', () => {
    expect(readPurchaseCounts(METRICS)).toMatchObject({ accepted: 15, refused: 42 });
  });

  it('counts refusals by code', () => {
    expect(readPurchaseCounts(METRICS).byCode).toEqual({ sold_out: 40, overloaded: 2 });
  });

  it('counts refusals for reasons other than sold_out', () => {
    expect(otherRefusals(readPurchaseCounts(METRICS))).toBe(2);
    expect(otherRefusals(readPurchaseCounts(''))).toBe(0);
  });

  it('has the stock of exactly the given sale', () => {
    expect(readPurchaseCounts(METRICS, 'a').remaining).toBe(7);
    expect(readPurchaseCounts(METRICS, 'ab').remaining).toBe(9);
    expect(readPurchaseCounts(METRICS, 'b').remaining).toBeUndefined();
  });
});

describe('backlogDrained', () => {
  /** Served in turn; the last one is repeated. */
  let answers: string[] = [];
  const server = createServer((_, response) => {
    const [next = ''] = answers;
    if (answers.length > 1) answers.shift();
    response.end(next);
  });

  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const drained = (metrics: readonly string[], stalledMs?: number) => {
    answers = [...metrics];
    const { port } = server.address() as AddressInfo;
    return backlogDrained(port, stalledMs === undefined ? {} : { stalledMs });
  };
  const lagOf = (group: string, lag: number) => `floodgate_consumer_lag{group="${group}"} ${lag}\n`;
  const both = (settlement: number, view: number) => lagOf('settlement', settlement) + lagOf('live-view', view);

  it('waits until each group has read everything', async () => {
    await drained([both(5, 0), both(0, 3), both(0, 0)]);
    expect(answers).toEqual([both(0, 0)]);
  });

  it('does not take a missing lag for zero', async () => {
    await drained(['', lagOf('settlement', 0), both(0, 0)]);
    expect(answers).toEqual([both(0, 0)]);
    await expect(drained([''], 100)).rejects.toThrow('lags: none');
    await expect(drained([lagOf('settlement', 0)], 100)).rejects.toThrow('lags: settlement 0');
  });

  it('gives up on groups that have stopped reading', async () => {
    await expect(drained([both(5, 2), both(4, 2)], 100)).rejects.toThrow(
      'does not decrease, lags: settlement 4, live-view 2',
    );
  });
});
