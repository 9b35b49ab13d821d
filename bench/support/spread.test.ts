import { describe, expect, it } from 'vitest';
import { median, quantile, spreadOf } from './spread.ts';

describe('median', () => {
  it('is the middle one, whatever their order', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it('is the mean of the two in the middle of an even count', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('compares as numbers, not as texts', () => {
    expect(median([100, 9, 20])).toBe(20);
  });

  it('is 0 of none', () => {
    expect(median([])).toBe(0);
  });
});

describe('spreadOf', () => {
  it('has the least and the greatest beside the median', () => {
    expect(spreadOf([0.4, 0.2, 0.9])).toEqual({ median: 0.4, min: 0.2, max: 0.9 });
  });

  it('is finite of none', () => {
    expect(spreadOf([])).toEqual({ median: 0, min: 0, max: 0 });
  });
});

describe('quantile', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => n + 1);

  it('leaves the share below it', () => {
    expect(quantile(hundred, 0.99)).toBe(100);
    expect(quantile(hundred, 0.5)).toBe(51);
  });

  it('is the last one of the whole', () => {
    expect(quantile(hundred, 1)).toBe(100);
  });
});
