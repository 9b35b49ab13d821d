import { describe, expect, it } from 'vitest';
import { fromFirstSale, saleRates } from './sale-timeline.ts';

const at = (ms: number, remaining: number, sold: number, refused: number) => ({ ms, remaining, sold, refused });

describe('saleRates', () => {
  const moments = [
    at(0, 100, 0, 0),
    at(200, 50, 50, 0),
    at(400, 0, 100, 10),
    at(600, 0, 100, 210),
    at(800, 0, 100, 410),
    at(5000, 0, 100, 410),
  ];

  it('counts sales until the last ticket', () => {
    expect(saleRates(moments)).toMatchObject({ soldPerSecond: 250, soldOutAfterMs: 400 });
  });

  it('counts refusals from the last ticket to the last refusal, without the idle time after it', () => {
    expect(saleRates(moments).refusedPerSecond).toBe(1000);
  });

  it('gives the rate of a sale that did not sell out', () => {
    const { soldPerSecond, refusedPerSecond, soldOutAfterMs } = saleRates(moments.slice(0, 2));
    expect([soldPerSecond, refusedPerSecond, soldOutAfterMs]).toEqual([250, 0, Number.NaN]);
  });

  it('has rates of 0 without moments', () => {
    expect(saleRates([])).toMatchObject({ soldPerSecond: 0, refusedPerSecond: 0 });
  });
});

describe('fromFirstSale', () => {
  it('begins with the last moment before the first sale', () => {
    const moments = [at(0, 9, 0, 0), at(50, 9, 0, 0), at(100, 5, 4, 0), at(150, 5, 4, 3)];
    expect(fromFirstSale(moments)).toEqual([at(0, 9, 0, 0), at(50, 5, 4, 0), at(100, 5, 4, 3)]);
  });

  it('keeps everything of a recording that began too late', () => {
    expect(fromFirstSale([at(10, 5, 4, 0)])).toEqual([at(0, 5, 4, 0)]);
    expect(fromFirstSale([])).toEqual([]);
  });
});
