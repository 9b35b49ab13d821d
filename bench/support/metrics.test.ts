import { describe, expect, it } from 'vitest';
import { readPurchaseCounts } from './metrics.ts';

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

  it('has the stock of the very sale that was asked about', () => {
    expect(readPurchaseCounts(METRICS, 'a').remaining).toBe(7);
    expect(readPurchaseCounts(METRICS, 'ab').remaining).toBe(9);
    expect(readPurchaseCounts(METRICS, 'b').remaining).toBeUndefined();
  });
});
