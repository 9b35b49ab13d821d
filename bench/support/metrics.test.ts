import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backlogGone, otherRefusals, readPurchaseCounts } from './metrics.ts';

const METRICS = `# TYPE floodgate_purchases_accepted_total counter
floodgate_purchases_accepted_total{outcome="reserved"} 12
floodgate_purchases_accepted_total{outcome="replayed"} 3
floodgate_purchases_refused_total{code="sold_out"} 40
floodgate_purchases_refused_total{code="overloaded"} 2
floodgate_sale_remaining{sale="ab"} 9
floodgate_sale_remaining{sale="a"} 7
`;

describe('readPurchaseCounts', () => {
  it('adds up what was accepted and refused, apart', () => {
    expect(readPurchaseCounts(METRICS)).toMatchObject({ accepted: 15, refused: 42 });
  });

  it('tells refusals by their code', () => {
    expect(readPurchaseCounts(METRICS).byCode).toEqual({ sold_out: 40, overloaded: 2 });
  });

  it('tells refusals for another reason than that it is sold out', () => {
    expect(otherRefusals(readPurchaseCounts(METRICS))).toBe(2);
    expect(otherRefusals(readPurchaseCounts(''))).toBe(0);
  });

  it('has the stock of the very sale that was asked about', () => {
    expect(readPurchaseCounts(METRICS, 'a').remaining).toBe(7);
    expect(readPurchaseCounts(METRICS, 'ab').remaining).toBe(9);
    expect(readPurchaseCounts(METRICS, 'b').remaining).toBeUndefined();
  });
});

describe('backlogGone', () => {
  /** Answered one after the other, the last one again and again. */
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

  const gone = (metrics: readonly string[], stalledMs?: number) => {
    answers = [...metrics];
    const { port } = server.address() as AddressInfo;
    return backlogGone(port, stalledMs === undefined ? {} : { stalledMs });
  };
  const lagOf = (group: string, lag: number) => `floodgate_consumer_lag{group="${group}"} ${lag}\n`;
  const both = (settlement: number, view: number) => lagOf('settlement', settlement) + lagOf('live-view', view);

  it('waits until each group has read all', async () => {
    await gone([both(5, 0), both(0, 3), both(0, 0)]);
    expect(answers).toEqual([both(0, 0)]);
  });

  it('does not take a lag that is not told for none', async () => {
    await gone(['', lagOf('settlement', 0), both(0, 0)]);
    expect(answers).toEqual([both(0, 0)]);
    await expect(gone([''], 100)).rejects.toThrow('lags: none');
    await expect(gone([lagOf('settlement', 0)], 100)).rejects.toThrow('lags: settlement 0');
  });

  it('gives up on groups that read no more', async () => {
    await expect(gone([both(5, 2), both(4, 2)], 100)).rejects.toThrow('stands still, lags: settlement 4, live-view 2');
  });
});
